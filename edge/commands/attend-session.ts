import { compilePolicies } from '../../core/traffic/policy-match.ts';
import type { CountingSession } from '../counting-session.ts';
import { expectedPairs } from '../policies/policy-set.ts';
import { type EchoResponder, startEchoResponder } from '../probe/udp-echo.ts';
import { kinesisClient } from '../system/kinesis-client.ts';
import { findLocalSystem } from '../system/local-system.ts';
import type { TargetOptions } from '../system/target-options.ts';
import type { Following } from './follow-commands.ts';
import { type CommandSource, startEdgeCommands } from './start-edge-commands.ts';

export interface AttendOptions {
  edge_id: string;
  endpoint_id: string;
  target: TargetOptions;
  /** The policies are the user's own and stay. */
  own_policies: boolean;
  onTrouble: (reason: string) => void;
}

/**
 * Has an edge that counts live do its other duties as well: carry out commands, take newer policies between two packets, and
 * answer other edges' probes. Nothing where the system's API isn't known.
 */
export async function attendSession(
  session: CountingSession,
  { edge_id, endpoint_id, target, own_policies, onTrouble }: AttendOptions,
): Promise<Following> {
  const found = session.reporter && (await findSource(target));
  if (!found) return { stop: async () => {} };
  const { source, address } = found;
  const responder = await answerProbes(address, onTrouble);
  const following = startEdgeCommands({
    edge_id,
    source,
    policiesVersion: () => (own_policies ? undefined : session.policySet.version),
    setPolicies(policySet) {
      if (own_policies) return;
      session.policySet = policySet;
      session.recorder.setPolicies(compilePolicies(policySet.policies));
      session.reporter?.setPolicies(policySet.version, expectedPairs(policySet, [endpoint_id]));
    },
    onTrouble,
  });
  return {
    async stop() {
      await following.stop();
      await responder?.close();
    },
  };
}

interface Found {
  source: CommandSource;
  /** Where probes are answered: on the loopback for a system of this machine. */
  address: string;
}

async function findSource({
  stream,
  graphql,
  region,
  profile,
  system,
}: TargetOptions): Promise<Found | undefined> {
  if (stream === undefined && graphql === undefined) {
    const local = await findLocalSystem(system);
    return local && { source: { graphql: local.graphql, region: local.region }, address: '127.0.0.1' };
  }
  if (graphql === undefined || region === undefined) return undefined;
  // The stream's client knows where the edge's credentials come from.
  const { config } = kinesisClient({ region, ...(profile !== undefined && { profile }) });
  return { source: { graphql, region, credentials: () => config.credentials() }, address: '0.0.0.0' };
}

async function answerProbes(
  address: string,
  onTrouble: (reason: string) => void,
): Promise<EchoResponder | undefined> {
  try {
    return await startEchoResponder({ address });
  } catch (cause) {
    onTrouble(`Probes of other edges are not answered here: ${(cause as Error).message}`);
    return undefined;
  }
}
