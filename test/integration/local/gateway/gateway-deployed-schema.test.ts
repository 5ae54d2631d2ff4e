import { readFileSync } from 'node:fs';
import { buildSchema as parseSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../../core/local-credentials.ts';
import { operationFields } from '../../../../lib/operation-fields.ts';
import { createGateway } from '../../../../local/gateway/gateway.ts';
import { APPSYNC_DEFINITIONS } from '../../../../local/gateway/schema/appsync-definitions.ts';
import { projectFile } from '../../../support/project-files.ts';

const file = (path: string) => readFileSync(projectFile(`graphql/${path}`), 'utf8');
const sdl = file('schema.graphql');

describe('the deployed schema', () => {
  it('is accepted by the gateway with the deployed resolver code of every operation', async () => {
    const fields = operationFields(sdl);
    const gateway = createGateway({
      schema_sdl: sdl,
      api: {
        defaultMode: { type: 'AMAZON_COGNITO_USER_POOLS', issuer: 'i', jwksUri: 'j' },
        additionalModes: [{ type: 'AWS_IAM' }],
      },
      resolvers: fields.flatMap(field =>
        [file('resolver.js'), file('publish.js')].map(code => ({ ...field, code, dataSource: 'source' })),
      ),
      dataSources: { source: { type: 'NONE' } },
      region: 'eu-central-1',
      credentials: LOCAL_CREDENTIALS,
    });
    expect(fields.length).toBeGreaterThan(0);
    await gateway.close();
  });

  it('uses only features that AppSync defines', () => {
    expect(() => parseSchema(sdl + APPSYNC_DEFINITIONS)).not.toThrow();
  });
});
