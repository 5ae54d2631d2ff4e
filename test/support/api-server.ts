import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { buildSchema, graphql } from 'graphql';
import { APPSYNC_DEFINITIONS } from '../../local/gateway/schema/appsync-definitions.ts';
import type { ApiUnderTest } from './api.ts';

export interface ApiServer {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves an API under test over HTTP, checked against the schema, without sign-in: the caller is an
 * administrator.
 */
export async function serveApi(api: () => ApiUnderTest): Promise<ApiServer> {
  const schema = buildSchema(APPSYNC_DEFINITIONS + readFileSync('graphql/schema.graphql', 'utf8'));
  const rootValue = Object.fromEntries(
    [schema.getQueryType()!, schema.getMutationType()!].flatMap(type =>
      Object.keys(type.getFields()).map(name => [
        name,
        (args: unknown) => api().data(`${type.name}.${name}`, args, { selection: [] }),
      ]),
    ),
  );
  const server = createServer(async (request, response) => {
    const { query, variables } = (await json(request)) as { query: string; variables: never };
    const answer = await graphql({ schema, source: query, variableValues: variables, rootValue });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
