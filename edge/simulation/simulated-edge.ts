import { ulid } from 'ulid';
import type { Clock } from '../../core/clock.ts';
import { compilePolicies } from '../../core/traffic/policy-match.ts';
import { Recorder } from '../../core/traffic/recorder.ts';
import { expectedPairs, type PolicySet } from '../policies/policy-set.ts';
import type { RecordSender } from '../record-sender.ts';
import { Reporter } from '../reporter.ts';
import { memorySpool } from '../spool/memory-spool.ts';
import { type SiteTrafficOptions, siteTraffic } from './site-traffic.ts';

export interface SimulatedEdge {
  edge_id: string;
  /** UUID. */
  site_id: string;
  /** WAN endpoints that its flows are spread over. */
  endpoint_ids: string[];
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

/** One edge with made-up traffic: a recorder and a reporter as a real one has them. */
export function simulateEdge(edge: SimulatedEdge, traffic: SiteTrafficOptions, clock: Clock) {
  const recorder = new Recorder({ endpoint_id: edge.endpoint_ids[0]!, clock, flow_capacity: 16_384 });
  const nextTick = siteTraffic(traffic);
  let reporter: Reporter | undefined;

  return {
    recorder,

    async start(sender: RecordSender, policySet: PolicySet, onSent: (report: SimulatedReport) => void) {
      recorder.setPolicies(compilePolicies(policySet.policies));
      reporter = await Reporter.start({
        edge_id: edge.edge_id,
        site_id: edge.site_id,
        makeBootId: () => ulid(),
        interval_s: traffic.tick_s,
        spool: memorySpool(),
        sender,
        destination: 'simulation',
        policies_version: policySet.version,
        expected_pairs: expectedPairs(policySet, edge.endpoint_ids),
        clock,
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
      return reporter;
    },

    setPolicies(policySet: PolicySet): void {
      recorder.setPolicies(compilePolicies(policySet.policies));
      reporter?.setPolicies(policySet.version, expectedPairs(policySet, edge.endpoint_ids));
    },

    async tick(interval_ms: number): Promise<void> {
      const now = clock();
      const start = now - interval_ms;
      for (const { flow, endpoint_id, packets, bytes, from, to } of nextTick()) {
        const counts = { packets: BigInt(packets), bytes: BigInt(bytes) };
        const times = { first_ms: start + from * interval_ms, last_ms: start + to * interval_ms };
        recorder.recordFlow(flow, { ...counts, ...times }, { endpoint_id });
      }
      recorder.cleanupStaleFlows(FLOW_IDLE_MS, now);
      await reporter?.report(recorder.takeInterval());
    },
  };
}
