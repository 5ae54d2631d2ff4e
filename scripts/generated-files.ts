import { readFileSync } from 'node:fs';
import { makeOfficeCapture } from '../edge/sample/office-capture.ts';
import { generateArguments } from '../graphql/generate-arguments.ts';
import { generateIntrospection } from '../graphql/generate-introspection.ts';
import { generateSchemaTypes } from '../graphql/generate-types.ts';
import { costPage } from './cost/cost-page.ts';
import { scalePage } from './cost/scale-page.ts';
import { readUnits } from './cost/units.ts';
import { readResults } from './docs/bench-results.ts';
import { fillMarked } from './docs/marked-text.ts';
import { operationTables } from './docs/operation-tables.ts';
import { figurePage } from './docs/write-figures.ts';

const ROOT = new URL('../', import.meta.url);

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const readSchema = () => read('graphql/schema.graphql');

/**
 * Every file in the repository that a program makes, whole or in part, by its path from the root: a
 * new one needs a row here.
 */
export const GENERATED_FILES: Record<string, () => string | Uint8Array> = {
  'graphql/schema.generated.ts': () => generateSchemaTypes(readSchema()),
  'graphql/arguments.generated.ts': () => generateArguments(readSchema()),
  /** For the console's operations. */
  'graphql/introspection.generated.ts': () => generateIntrospection(readSchema()),
  /** From what `npm run measure-units` measured. */
  'docs/cost.md': () => costPage(readUnits()),
  'docs/scale.md': () => scalePage(readUnits()),
  /** The lists of operations; the rest is written by hand. */
  'docs/api.md': () => fillMarked(read('docs/api.md'), operationTables(readSchema())),
  /** The figures, from what `npm run bench` measured; the rest is written by hand. */
  'README.md': () => figurePage('README.md', readResults()),
  'docs/performance.md': () => figurePage('docs/performance.md', readResults()),
  /** The capture that the documentation replays. */
  'edge/sample/office.pcap': () => makeOfficeCapture('office').file,
};
