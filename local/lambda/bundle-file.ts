import { existsSync } from 'node:fs';
import { join } from 'node:path';

const EXTENSIONS = ['mjs', 'js', 'cjs'];

/**
 * The file of a bundle for a handler such as "index.handler", and the name of the export.
 * @throws Error if the bundle has no such file
 */
export function findHandler(folder: string, handler: string): { file: string; handler: string } {
  const [module, name] = handler.split('.') as [string, string];
  const file = EXTENSIONS.map(extension => join(folder, `${module}.${extension}`)).find(existsSync);
  if (file) return { file, handler: name };
  throw new Error(`The bundle of handler ${handler} has no ${module}.mjs, .js or .cjs.`);
}
