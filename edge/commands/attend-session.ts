import { compilePolicies } from '../../core/policy/policy-match.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import type { CountingSession } from '../counting/counting-session.ts';
import { HeardProbes, ownsProbing } from '../paths/heard-probes.ts';
import { MeasuredPaths } from '../paths/measured-paths.ts';
import { writeRoutesFile } from '../paths/routes-file.ts';
import { routesNews } from '../paths/routes-news.ts';
import { tunnelEnds } from '../paths/tunnel-ends.ts';
import { expectedPairs } from '../policies/policy-set.ts';
import { probePath } from '../probe/probe-path.ts';
import { type EchoResponder, startEchoResponder } from '../probe/udp-echo.ts';
import { followLocalSystem } from '../system/follow-local-system.ts';
import { findLocalSystem } from '../system/local-system.ts';
import { regionOfUrl, roleCredentials } from '../system/role-signature.ts';
import type { TargetOptions } from '../system/target-options.ts';
import type { Following } from './follow-commands.ts';
import { type CommandSource, startEdgeCommands } from './start-edge-commands.ts';

export interface AttendOptions {
  edge_id: string;
  endpoint_id: string;
  interval_ms: number;
  /** Whether the input consists of a flow exporter's records, which arrive in batches. */
  flow_records: boolean;
  bandwidth_mbps?: number | undefined;
  target: TargetOptions;
  /** Whether the policies are the user's own and don't change. */
  own_policies: boolean;
  say: (line: string) => void;
  onTrouble: (reason: string) => void;
}

/**
 * Starts the other tasks of an edge that counts live traffic: it measures its paths for reports,
 * keeps its routes, executes commands, applies newer policies between two packets, and answers
 * probes of other edges. Does nothing if the system's API is unknown.
 */
export async function attendSession(session: CountingSession, options: AttendOptions): Promise<Following> {
  const { reporter, recorder } = session;
  const found = reporter && (await findSource(options.target));
  if (!found) return { stop: async () => {} };
  const { edge_id, endpoint_id, own_policies, onTrouble } = options;
  const heard = new HeardProbes({ interval_ms: options.interval_ms });
  const responder = await answerProbes(found.addresses, {
    onProbe: address => heard.hear(address),
    onTrouble,
  });
  /** By path id: the address of the other end. */
  let peers = new Map<string, string>();
  const measured = new MeasuredPaths({
    probe: ({ address, peer_address }) => probePath({ target: peer_address, from: address }),
    totals: () => recorder.pathTotals(),
    bandwidthOf: () => options.bandwidth_mbps,
    isProbedByPeer: path => !ownsProbing(path, reporter.site_id) && heard.isProbing(peers.get(path.path_id)),
    in_bunches: options.flow_records,
    interval_ms: options.interval_ms,
    onTrouble,
  });
  reporter.reportPaths(() => measured.reports());
  const routes = session.folder === undefined ? undefined : writeRoutesFile(session.folder, onTrouble);

  const last = session.kept?.values.routes;
  let newest: EdgePath[] = [];

  async function applyPaths(all: EdgePath[]): Promise<void> {
    // Paths that begin at another endpoint are measured by another edge.
    const paths = all.filter(path => path.endpoint_id === endpoint_id);
    newest = paths;
    measured.setPaths(paths);
    const ends = await tunnelEnds(paths);
    if (newest !== paths) return;
    peers = new Map(ends.map(({ path_id, remote }) => [path_id, remote.address]));
    recorder.setPaths(ends);
  }

  const following = startEdgeCommands({
    edge_id,
    source: found.source,
    policiesVersion: () => (own_policies ? undefined : session.policySet.version),
    setPolicies(policySet) {
      if (own_policies) return;
      session.policySet = policySet;
      recorder.setPolicies(compilePolicies(policySet.policies));
      reporter.setPolicies(policySet.version, expectedPairs(policySet, [endpoint_id]));
      session.kept?.keepPolicies(policySet);
      session.state?.policies(policySet.version);
    },
    onPaths(paths) {
      applyPaths(paths).catch((cause: Error) =>
        onTrouble(`The paths could not be applied: ${cause.message}`),
      );
      routes?.retry();
    },
    onRoutes({ changes, removed }, table) {
      const list = table.list();
      routes?.write(list);
      const counts = { changes: changes.length, removed, routes: list.length };
      const news = routesNews({ ...counts, path: routes?.path });
      if (news !== undefined) options.say(news);
    },
    endBoot: boot_id => reporter.endBoot(boot_id),
    kept: last && {
      ...last,
      onUse: () =>
        options.say(
          `Until the system answers, this edge keeps the paths and routes that it read at ${last.read_at}.`,
        ),
    },
    onKnown: known => session.kept?.keepRoutes(known),
    onListening: () => session.state?.well('system'),
    onAway: reason => session.state?.trouble('system', reason),
    onTrouble,
  });
  return {
    async stop() {
      await Promise.all([following.stop(), measured.stop()]);
      await routes?.settled();
      await responder?.close();
    },
  };
}

interface Found {
  source: CommandSource;
  /**
   * Addresses at which probes are answered: the loopback for a system on this machine; undefined:
   * all addresses.
   */
  addresses?: readonly [string];
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
    if (!local) return undefined;
    const locate = followLocalSystem(system, local);
    const graphql = async () => (await locate()).graphql;
    return { source: { graphql, region: local.region }, addresses: ['127.0.0.1'] };
  }
  const signedFor = graphql === undefined ? undefined : (region ?? regionOfUrl(graphql));
  if (graphql === undefined || signedFor === undefined) return undefined;
  const credentials = roleCredentials({ graphql, region, profile });
  return { source: { graphql, region: signedFor, credentials } };
}

async function answerProbes(
  addresses: Found['addresses'],
  { onProbe, onTrouble }: { onProbe: (address: string) => void; onTrouble: (reason: string) => void },
): Promise<EchoResponder | undefined> {
  try {
    return await startEchoResponder({ ...(addresses && { addresses }), onProbe });
  } catch (cause) {
    onTrouble(`Probes of other edges are not answered here: ${(cause as Error).message}`);
    return undefined;
  }
}
