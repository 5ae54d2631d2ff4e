import { renewedToken, signedBy, tokenOf } from '../../core/appsync/authorizer.ts';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { EdgeError } from '../edge-error.ts';
import { followLocalSystem, type LocateLocalSystem } from './follow-local-system.ts';
import { findLocalSystem, type LocalSystem } from './local-system.ts';
import { roleSigner } from './role-signature.ts';
import { signIn } from './sign-in.ts';
import { systemClient } from './system-client.ts';
import type { TargetOptions } from './target-options.ts';

/** The group of the local user for queries: the weakest group that is allowed. */
export interface LocalCaller {
  group?: 'operator' | 'admin';
}

/** Opens the system's GraphQL API, if it is known. */
export async function openGraphql(
  options: TargetOptions,
  caller: LocalCaller = {},
): Promise<GraphqlClient | undefined> {
  if (options.stream !== undefined || options.graphql !== undefined) return cloudGraphql(options);
  const local = await findLocalSystem(options.system);
  return local && localGraphql(followLocalSystem(options.system, local), caller);
}

/** The error if no system was given, and none runs here. */
export function noSystem(): EdgeError {
  return new EdgeError(
    'No local system is running: start one with npm start, or name a stream in the cloud with --stream, --region and --profile.',
  );
}

/** Signs in as one of the local system's users; its address is looked up at each query. */
export function localGraphql(
  locate: LocateLocalSystem,
  { group = 'operator' }: LocalCaller = {},
): GraphqlClient {
  let current: { at: string; client: GraphqlClient } | undefined;
  return {
    async query(document, variables) {
      const local = await locate();
      const at = `${local.graphql} ${local.cognito}`;
      if (current?.at !== at) current = { at, client: clientOf(local, group) };
      return current.client.query(document, variables);
    },
  };
}

function clientOf(local: LocalSystem, group: string): GraphqlClient {
  const inGroup = (name: string) => local.users.find(({ groups }) => groups.includes(name));
  const user = inGroup(group) ?? inGroup('admin') ?? inGroup('operator') ?? local.users[0];
  if (!user) throw new EdgeError('The local system has no users: start it again with npm start.');
  const { email, password } = user;
  const token = () => signIn({ endpoint: local.cognito, client_id: local.client_id, email, password });
  // A token is valid for an hour, and a restarted system may not know it.
  return systemClient({ url: local.graphql, authorizer: renewedToken(token) });
}

/** Queries as the person of the token, or without one as the edge's own role. */
export function cloudGraphql({ graphql, token, region, profile }: TargetOptions): GraphqlClient | undefined {
  if (graphql === undefined) return undefined;
  const authorizer =
    token === undefined ? signedBy(roleSigner({ graphql, region, profile })) : tokenOf(async () => token);
  return systemClient({ url: graphql, authorizer });
}
