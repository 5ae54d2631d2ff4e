import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { EdgeError } from '../edge-error.ts';
import { type GraphqlClient, graphqlClient } from './graphql-client.ts';
import { findLocalSystem, type LocalSystem } from './local-system.ts';
import { accessTokens } from './sign-in.ts';

/** Where reports go. */
export interface Target {
  kinesis: KinesisClient;
  stream: string;
  /** Names the system in the spool. */
  destination: string;
  /** Without it the system can't be asked for policies or for what it has counted. */
  graphql?: GraphqlClient;
  isLocal: boolean;
}

export interface TargetOptions {
  /** Name or ARN; with it, reports go to the cloud. */
  stream?: string;
  region?: string;
  profile?: string;
  /** GraphQL address of the cloud's system and a token for it. */
  graphql?: string;
  token?: string;
  /** The `.local` folder of a running local system. */
  system: string;
}

/** Kinesis answers within a second; a request that takes longer is lost on the way. */
const REQUEST_TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 10_000 } as const;

/** @throws EdgeError when no system is named and none runs on this machine. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  if (options.stream !== undefined) return cloudTarget({ ...options, stream: options.stream });
  const local = await findLocalSystem(options.system);
  if (local) return localTarget(local);
  throw new EdgeError(
    'No local system is running: start one with npm start, or name a stream in the cloud with --stream, --region and --profile.',
  );
}

/** The system's GraphQL API, as far as it is known. */
export async function openGraphql(options: TargetOptions): Promise<GraphqlClient | undefined> {
  if (options.stream !== undefined || options.graphql !== undefined) return cloudGraphql(options);
  const local = await findLocalSystem(options.system);
  return local && localGraphql(local);
}

/** A Kinesis client that leaves repeating to its caller. */
export function kinesisClient(config: KinesisClientConfig): KinesisClient {
  return new KinesisClient({ maxAttempts: 1, requestHandler: REQUEST_TIMEOUTS, ...config });
}

/** Credentials that every local engine takes. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

function localTarget(local: LocalSystem): Target {
  return {
    kinesis: kinesisClient({
      endpoint: local.kinesis,
      region: local.region,
      credentials: LOCAL_CREDENTIALS,
    }),
    stream: local.stream,
    // A new system without kept data has a new user pool: reports for the one before are not for it.
    destination: `local ${local.user_pool_id}`,
    graphql: localGraphql(local),
    isLocal: true,
  };
}

function localGraphql(local: LocalSystem): GraphqlClient {
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

function cloudTarget(options: TargetOptions & { stream: string }): Target {
  const { stream, region, profile } = options;
  const graphql = cloudGraphql(options);
  return {
    kinesis: kinesisClient({ ...(region && { region }), ...(profile && { profile }) }),
    stream,
    destination: ['aws', profile ?? 'default', region ?? 'default', stream].join(' '),
    ...(graphql && { graphql }),
    isLocal: false,
  };
}

function cloudGraphql({ graphql, token }: TargetOptions): GraphqlClient | undefined {
  if (graphql === undefined) return undefined;
  if (token === undefined) throw new EdgeError('--graphql needs a token to sign in with: give --token.');
  return graphqlClient({ url: graphql, authorization: async () => token });
}
