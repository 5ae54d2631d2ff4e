import { readFileSync } from 'node:fs';
import { makeOfficeCapture } from '../edge/sample/office-capture.ts';
import { generateSchemaTypes } from '../graphql/generate-types.ts';

const ROOT = new URL('../', import.meta.url);

/** Every file in the repository that a program makes, by its path from the root: a new one needs a row here. */
export const GENERATED_FILES: Record<string, () => string | Uint8Array> = {
  'graphql/schema.generated.ts': () =>
    generateSchemaTypes(readFileSync(new URL('graphql/schema.graphql', ROOT), 'utf8')),
  /** The capture that the documentation replays. */
  'edge/sample/office.pcap': () => makeOfficeCapture('office').file,
};
