import { BUILT_IN_POLICY } from '../../core/policy/policy.ts';
import type { DistinctFlows } from '../../core/recorder/distinct-flows.ts';
import type { Recorder } from '../../core/recorder/recorder.ts';
import { wireInteger } from '../../core/report/encode-report.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import type { InputNote } from './input-notes.ts';

/** The counts in the form of `--json`: integers above 2^53 − 1 are strings. */
export interface TrafficSummary {
  packets: number | string;
  /** Layer-3 bytes. */
  bytes: number | string;
  /** Distinct one-way 5-tuples; left out if they were not counted. */
  flows?: number;
  /** Those of TCP, UDP and SCTP without later fragments. */
  flows_l4?: number;
  /** Frames that are no IP packets. */
  skipped: number;
  /** The same by reason, as far as reasons are known, most frequent first. */
  skipped_by_reason: Record<string, number>;
  /** Present if the figures are estimates that are scaled from samples. */
  estimated?: true;
  /**
   * Number of pieces of the input that could not be counted, by kind; left out if there are none.
   */
  problems?: { kind: string; count: number }[];
  /** Notes about the input; left out if there are none. */
  notes?: InputNote[];
  /**
   * All applied policies, `default` last; a flow counts for the policy that matched its first
   * packet.
   */
  policies: {
    policy_id: string;
    packets: number | string;
    bytes: number | string;
    flows?: number;
    /** Name in the applied policies; may be empty. */
    policy_name: string;
  }[];
}

export interface SummarySource {
  recorder: Recorder;
  distinct: DistinctFlows | undefined;
  skipped: number;
  skipped_by_reason: ReadonlyMap<string, number>;
  policySet: PolicySet;
  estimated?: boolean;
  problems?: { kind: string; count: number }[];
  notes?: InputNote[];
}

export function summarize({
  recorder,
  distinct,
  skipped,
  skipped_by_reason,
  policySet,
  estimated = false,
  problems = [],
  notes = [],
}: SummarySource): TrafficSummary {
  const { packets, bytes } = recorder.totals();
  const applied = [...policySet.policies.filter(({ enabled }) => enabled), BUILT_IN_POLICY];
  return {
    packets: wireInteger(packets),
    bytes: wireInteger(bytes),
    ...(distinct && { flows: distinct.flows, flows_l4: distinct.flows_l4 }),
    skipped,
    skipped_by_reason: Object.fromEntries(skipped_by_reason),
    ...(estimated && { estimated }),
    ...(problems.length > 0 && { problems }),
    ...(notes.length > 0 && { notes }),
    policies: applied.map(({ id: policy_id, name: policy_name }) => {
      const stats = recorder.getPolicyStats(policy_id);
      return {
        policy_id,
        packets: wireInteger(stats.packets_exact),
        bytes: wireInteger(stats.bytes_exact),
        ...(distinct && { flows: distinct.flowsOf(policy_id) }),
        policy_name,
      };
    }),
  };
}

/** The only column of text, after the figures. */
const NAME_COLUMN = 4;

/** The same for a person. */
export function summaryTable(summary: TrafficSummary): string {
  const rows = [
    ['policy', 'packets', 'bytes', 'flows', 'name'],
    ...summary.policies.map(({ policy_id, packets, bytes, flows, policy_name }) => [
      policy_id,
      grouped(packets),
      grouped(bytes),
      grouped(flows),
      policy_name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd'),
    ]),
    ['all', grouped(summary.packets), grouped(summary.bytes), grouped(summary.flows), ''],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows
    .map(row =>
      row
        .map((cell, i) =>
          i === 0 || i === NAME_COLUMN ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Skipped frames and reasons, in words. */
export function skippedText({ skipped, skipped_by_reason }: TrafficSummary): string {
  const reasons = Object.entries(skipped_by_reason).map(([reason, frames]) => `${grouped(frames)} ${reason}`);
  return `${skipped} skipped: no IP traffic${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}.`;
}

function grouped(value: number | string | undefined): string {
  if (value === undefined) return '–';
  return BigInt(value).toLocaleString('en-US');
}
