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
  /** The input is a flow exporter's records, which come in bunches. */
  flow_records: boolean;
  bandwidth_mbps?: number | undefined;
  target: TargetOptions;
  /** The policies are the user's own and stay. */
  own_policies: boolean;
  say: (line: string) => void;
  onTrouble: (reason: string) => void;
}

/**
 * Has an edge that counts live do its other duties as well: measure its paths for its reports, keep
 * its routes, carry out commands, take newer policies between two packets, and answer other edges'
 * probes. Nothing where the system's API isn't known.
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

  async function takePaths(all: EdgePath[]): Promise<void> {
    // What begins at another endpoint is another edge's to measure.
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
      takePaths(paths).catch((cause: Error) => onTrouble(`The paths could not be taken: ${cause.message}`));
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
   * Where probes are answered: on the loopback for a system of this machine; undefined: wherever it
   * can be reached.
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
