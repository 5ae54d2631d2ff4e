import { Document, isMap, type ToStringOptions } from 'yaml';
import type { FileContent } from './file-content.ts';

const HEAD = ` The network of a system, written by npm run network -- export.
 npm run network -- plan FILE shows the differences of a system, apply FILE removes them. A section that
 the file lacks is not changed; entries that a section lacks are deleted.`;

/** Lines stay as they are, however long. */
export const YAML_STYLE: ToStringOptions = { lineWidth: 0 };

/** The text of a new file. */
export function networkFileText(content: FileContent): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  document.commentBefore = HEAD;
  if (isMap(document.contents)) {
    for (const { key } of document.contents.items.slice(1))
      Object.assign(key as object, { spaceBefore: true });
  }
  return document.toString(YAML_STYLE);
}
