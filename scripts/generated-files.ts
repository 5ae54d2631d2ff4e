import { readFileSync } from 'node:fs';
import { makeOfficeCapture } from '../edge/sample/office-capture.ts';
import { generateArguments } from '../graphql/generate-arguments.ts';
import { generateIntrospection } from '../graphql/generate-introspection.ts';
import { generateSchemaTypes } from '../graphql/generate-types.ts';
import { costPage } from './cost/cost-page.ts';
import { scalePage } from './cost/scale-page.ts';
import { readUnits } from './cost/units.ts';

const ROOT = new URL('../', import.meta.url);

const readSchema = () => readFileSync(new URL('graphql/schema.graphql', ROOT), 'utf8');

/** Every file in the repository that a program makes, by its path from the root: a new one needs a row here. */
export const GENERATED_FILES: Record<string, () => string | Uint8Array> = {
  'graphql/schema.generated.ts': () => generateSchemaTypes(readSchema()),
  'graphql/arguments.generated.ts': () => generateArguments(readSchema()),
  /** For the console's operations. */
  'graphql/introspection.generated.ts': () => generateIntrospection(readSchema()),
  /** From what `npm run measure-units` measured. */
  'docs/cost.md': () => costPage(readUnits()),
  'docs/scale.md': () => scalePage(readUnits()),
  /** The capture that the documentation replays. */
  'edge/sample/office.pcap': () => makeOfficeCapture('office').file,
};
