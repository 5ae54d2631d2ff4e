import { ulid } from 'ulid';
import { compilePolicies, type PolicyMatcher } from '../../core/policy/policy-match.ts';
import { Recorder } from '../../core/recorder/recorder.ts';
import type { SignRecord } from '../../core/report/sign-record.ts';
import type { EdgePath } from '../../core/routing/edge-routes.ts';
import type { Clock } from '../../core/time/clock.ts';
import { MeasuredPaths } from '../paths/measured-paths.ts';
import type { RouteTable } from '../paths/route-table.ts';
import { expectedPairs, type PolicySet } from '../policies/policy-set.ts';
import type { RecordSender } from '../reporting/record-sender.ts';
import { Reporter } from '../reporting/reporter.ts';
import type { Spool } from '../spool/spool.ts';
import { simulatedProbe } from './path-conditions.ts';
import type { Scenario } from './scenario.ts';
import type { SimulatedWan } from './simulated-wan.ts';
import { type FlowTick, type SiteTrafficOptions, siteTraffic } from './site-traffic.ts';

export interface SimulatedEdge {
  edge_id: string;
  /** UUID. */
  site_id: string;
  /** WAN endpoints over which its flows are spread. */
  endpoint_ids: string[];
  /** Concurrent flows in its busiest hour; default: that of the simulation. */
  flows?: number;
  /**
   * Numbers of the sites that it sends to, by their positions in the simulation from 1; default:
   * all others.
   */
  peers?: readonly number[];
}

export interface SimulatedReport {
  edge_id: string;
  boot_id: string;
  seq: number;
  /** Totals of this edge since the start. */
  packets: bigint;
  bytes: bigint;
  active_flows: number;
}

const FLOW_IDLE_MS = 300_000;

/** The surroundings of a simulated edge. */
export interface SimulatedSurroundings {
  wan: SimulatedWan;
  /** All edges of the simulation, by the numbers of their sites. */
  edges: readonly SimulatedEdge[];
  scenario: Scenario;
  /** From 0 to 1: decides which probes are lost. */
  random: () => number;
  onTrouble: (reason: string) => void;
}

/** Interval between two measurements of a path, independent of the report interval. */
const MEASURE_EVERY_MS = 10_000;

/**
 * One edge with simulated traffic, and with recorder, reporter, measured paths and routes like a
 * real one.
 */
export function simulateEdge(
  edge: SimulatedEdge,
  traffic: SiteTrafficOptions,
  { clock, wan, edges, scenario, random, onTrouble }: SimulatedSurroundings & { clock: Clock },
) {
  const recorder = new Recorder({ endpoint_id: edge.endpoint_ids[0]!, clock, flow_capacity: 16_384 });
  const nextTick = siteTraffic(traffic);
  const measured = new MeasuredPaths({
    probe: async ({ address, peer_address }) =>
      simulatedProbe(scenario.conditions(address, peer_address, clock()), random, clock),
    totals: () => wan.totals(edge.edge_id),
    bandwidthOf: ({ address, peer_address }) =>
      scenario.conditions(address, peer_address, clock()).bandwidth_mbps,
    interval_ms: MEASURE_EVERY_MS,
    onTrouble,
    clock,
  });
  let reporter: Reporter | undefined;
  let matcher: PolicyMatcher = compilePolicies([]);
  let routes: RouteTable | undefined;
  let paths = new Map<string, EdgePath>();
  let held_back = false;

  // Traffic to a site uses the path of its policy's route, and that path's endpoint.
  function endpointFor({ flow, to_site, endpoint_id, packets, bytes }: FlowTick): string {
    const peer = to_site === undefined ? undefined : edges[to_site - 1];
    if (!peer || !routes) return endpoint_id;
    const route = routes.pathFor({ destination_site_id: peer.site_id, policy_id: matcher.match(flow) });
    const path = paths.get(route ?? '');
    if (!path) return endpoint_id;
    wan.carry({ path, from_edge: edge.edge_id, to_edge: peer.edge_id, packets, bytes });
    return path.endpoint_id;
  }

  function applyPolicies(policySet: PolicySet): void {
    matcher = compilePolicies(policySet.policies);
    recorder.setPolicies(matcher);
  }

  return {
    recorder,

    async start(
      sender: RecordSender,
      policySet: PolicySet,
      {
        spool,
        onSent,
        sign,
      }: { spool: Spool; onSent: (report: SimulatedReport) => void; sign?: SignRecord | undefined },
    ) {
      applyPolicies(policySet);
      reporter = await Reporter.start({
        edge_id: edge.edge_id,
        site_id: edge.site_id,
        makeBootId: () => ulid(),
        interval_s: traffic.tick_s,
        spool,
        sender,
        destination: 'simulation',
        policies_version: policySet.version,
        expected_pairs: expectedPairs(policySet, edge.endpoint_ids),
        clock,
        ...(sign && { sign }),
        onSent: ({ edge_id, boot_id, seq, policies }) =>
          onSent({
            edge_id,
            boot_id,
            seq,
            packets: policies.reduce((sum, totals) => sum + totals.packets, 0n),
            bytes: policies.reduce((sum, totals) => sum + totals.bytes, 0n),
            active_flows: policies.reduce((sum, totals) => sum + totals.active_flows, 0),
          }),
      });
      reporter.reportPaths(() => measured.reports());
      return reporter;
    },

    setPaths(next: readonly EdgePath[]): void {
      paths = new Map(next.map(path => [path.path_id, path]));
      measured.setPaths(next);
    },

    setRoutes(table: RouteTable): void {
      routes = table;
    },

    endBoot: (boot_id: string): void => reporter?.endBoot(boot_id),

    stopMeasuring: () => measured.stop(),

    /** Sends the reports that a silence delayed. */
    async endSilence(): Promise<void> {
      if (held_back) await reporter?.report(recorder.takeInterval());
      held_back = false;
    },

    setPolicies(policySet: PolicySet): void {
      applyPolicies(policySet);
      reporter?.setPolicies(policySet.version, expectedPairs(policySet, edge.endpoint_ids));
    },

    async tick(interval_ms: number): Promise<void> {
      const now = clock();
      const start = now - interval_ms;
      for (const tick of nextTick()) {
        const { flow, packets, bytes, from, to } = tick;
        const counts = { packets: BigInt(packets), bytes: BigInt(bytes) };
        const times = { first_ms: start + from * interval_ms, last_ms: start + to * interval_ms };
        recorder.recordFlow(flow, { ...counts, ...times }, { endpoint_id: endpointFor(tick) });
      }
      recorder.cleanupStaleFlows(FLOW_IDLE_MS, now);
      held_back = scenario.isSilent(edge.edge_id, now);
      if (!held_back) await reporter?.report(recorder.takeInterval());
    },
  };
}
