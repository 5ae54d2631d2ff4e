// graphql/schema.graphql → graphql/schema.generated.ts: run after a change of the schema; a test checks that it is current.
import { readFileSync, writeFileSync } from 'node:fs';
import { generateSchemaTypes } from '../graphql/generate-types.ts';

writeFileSync(
  'graphql/schema.generated.ts',
  generateSchemaTypes(readFileSync('graphql/schema.graphql', 'utf8')),
);
