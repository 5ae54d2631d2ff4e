import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { followLocalSystem } from './follow-local-system.ts';
import { kinesisClient } from './kinesis-client.ts';
import { localStream, type StreamClient } from './local-stream.ts';
import { findLocalSystem, type LocalSystem } from './local-system.ts';
import { cloudGraphql, localGraphql, noSystem } from './open-graphql.ts';
import type { TargetOptions } from './target-options.ts';

/** The destination of reports. */
export interface Target {
  kinesis: StreamClient;
  stream: string;
  /** Name of the system in the spool. */
  destination: string;
  /** Without it, policies and counts can't be read from the system. */
  graphql?: GraphqlClient;
  isLocal: boolean;
}

/** @throws EdgeError if no system is given and none runs on this machine */
export async function openTarget(options: TargetOptions): Promise<Target> {
  if (options.stream !== undefined) return cloudTarget({ ...options, stream: options.stream });
  const local = await findLocalSystem(options.system);
  if (local) return localTarget(options.system, local);
  throw noSystem();
}

function localTarget(folder: string, local: LocalSystem): Target {
  const locate = followLocalSystem(folder, local);
  return {
    kinesis: localStream(locate),
    stream: local.stream,
    // A new system without kept data has a new user pool. Reports for the previous system must not
    // go to it.
    destination: `local ${local.user_pool_id}`,
    graphql: localGraphql(locate),
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
