import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { kinesisClient } from './kinesis-client.ts';
import { findLocalSystem, type LocalSystem } from './local-system.ts';
import { cloudGraphql, localGraphql, noSystem } from './open-graphql.ts';
import type { TargetOptions } from './target-options.ts';

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

/** @throws EdgeError when no system is named and none runs on this machine. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  if (options.stream !== undefined) return cloudTarget({ ...options, stream: options.stream });
  const local = await findLocalSystem(options.system);
  if (local) return localTarget(local);
  throw noSystem();
}

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
