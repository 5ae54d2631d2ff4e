import { EdgeError } from '../edge-error.ts';
import { type GraphqlClient, graphqlClient } from './graphql-client.ts';
import { findLocalSystem, type LocalSystem } from './local-system.ts';
import { accessTokens } from './sign-in.ts';
import type { TargetOptions } from './target-options.ts';

/** The system's GraphQL API, as far as it is known. */
export async function openGraphql(options: TargetOptions): Promise<GraphqlClient | undefined> {
  if (options.stream !== undefined || options.graphql !== undefined) return cloudGraphql(options);
  const local = await findLocalSystem(options.system);
  return local && localGraphql(local);
}

/** Nobody said which system is meant, and none runs here. */
export function noSystem(): EdgeError {
  return new EdgeError(
    'No local system is running: start one with npm start, or name a stream in the cloud with --stream, --region and --profile.',
  );
}

export function localGraphql(local: LocalSystem): GraphqlClient {
  const user =
    local.users.find(({ groups }) => groups.includes('operator')) ??
    local.users.find(({ groups }) => groups.includes('admin')) ??
    local.users[0];
  if (!user) throw new EdgeError('The local system has no users: start it again with npm start.');
  const authorization = accessTokens({
    endpoint: local.cognito,
    client_id: local.client_id,
    email: user.email,
    password: user.password,
  });
  return graphqlClient({ url: local.graphql, authorization });
}

export function cloudGraphql({ graphql, token }: TargetOptions): GraphqlClient | undefined {
  if (graphql === undefined) return undefined;
  if (token === undefined) throw new EdgeError('--graphql needs a token to sign in with: give --token.');
  return graphqlClient({ url: graphql, authorization: async () => token });
}
