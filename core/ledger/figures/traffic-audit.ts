import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Throttled } from '../../errors.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { Clock } from '../../time/clock.ts';
import { FIRST_GENERATION, generationOf } from '../lane/counted-in.ts';
import { laneTotals } from '../lane/lane-totals.ts';
import { type CountersHead, readCountersHead } from './counter-slots.ts';
import { type Counts, type Gauges, noCounts, readCountersIn } from './read-counters.ts';
import { readAllLanes } from './read-lanes.ts';

/** A policy whose counters differ from its lanes. */
export interface Mismatch {
  policy_id: string;
  packets: bigint;
  bytes: bigint;
  estimated_bytes: bigint;
  /** Sums of the lanes before and after the counters were read: the counters must lie between. */
  lanes_before: Sums;
  lanes_after: Sums;
}

export interface TrafficAudit {
  policies: number;
  lanes: number;
  /** Lanes that this release can't read: the comparison lacks their counts. */
  unreadable_lanes: number;
  mismatches: Mismatch[];
}

export interface AuditContext {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  clock: Clock;
  /** Milliseconds since the epoch. */
  deadline: number;
}

type Sums = Omit<Counts, keyof Gauges>;

const NOTHING: Sums = noCounts();

const COMPARED = ['packets', 'bytes', 'estimated_bytes'] as const satisfies (keyof Sums)[];

/**
 * Compares the counters with the lanes while traffic flows. Each transaction writes a lane and its
 * counters together and totals never fall, so a counter that is read strongly between two strong
 * readings of the lanes lies between their sums. Without traffic all three are equal. While
 * counters are rebuilt, the new ones are compared with the counts that lanes have moved to them:
 * the lanes don't say what the shown ones should be.
 *
 * @throws Throttled when the lanes can't be read twice before the deadline
 */
export async function auditTraffic(context: AuditContext): Promise<TrafficAudit> {
  for (;;) {
    const head = await readCountersHead(context);
    const audit = await auditGeneration(context, head);
    const { generation, building } = await readCountersHead(context);
    // A recovery that began or ended meanwhile has moved lanes out of the comparison.
    if (generation === head.generation && building === head.building) return audit;
  }
}

async function auditGeneration(context: AuditContext, head: CountersHead): Promise<TrafficAudit> {
  const { slots, generation, building } = head;
  const before = await sumLanes(context, building);
  const counters = await readCountersIn(context, { slots, generation: building ?? generation });
  const after = await sumLanes(context, building);
  const policies = new Set([...before.sums.keys(), ...counters.keys(), ...after.sums.keys()]);
  const mismatches = [...policies].flatMap(policy_id => {
    const counted = counters.get(policy_id) ?? NOTHING;
    const lanes_before = before.sums.get(policy_id) ?? NOTHING;
    const lanes_after = after.sums.get(policy_id) ?? NOTHING;
    const agrees = COMPARED.every(name => isBetween(counted[name], lanes_before[name], lanes_after[name]));
    const { packets, bytes, estimated_bytes } = counted;
    return agrees ? [] : [{ policy_id, packets, bytes, estimated_bytes, lanes_before, lanes_after }];
  });
  const { lanes, unreadable_lanes } = after;
  return { policies: policies.size, lanes, unreadable_lanes, mismatches };
}

interface LaneSums {
  lanes: number;
  unreadable_lanes: number;
  sums: Map<string, Sums>;
}

async function sumLanes(
  { client, tables, clock, deadline }: AuditContext,
  building: number | undefined,
): Promise<LaneSums> {
  const result: LaneSums = { lanes: 0, unreadable_lanes: 0, sums: new Map() };
  const onUnreadable = (): void => {
    result.unreadable_lanes += 1;
  };
  for await (const lane of readAllLanes(client, tables, { onUnreadable })) {
    result.lanes += 1;
    if (clock() >= deadline) {
      throw new Throttled(
        'The lanes could not be compared with the counters in time. Try again in a minute.',
      );
    }
    const { counted_in = FIRST_GENERATION } = lane;
    for (const { policy_id, packets, bytes, estimated_bytes } of laneTotals(lane)) {
      if (building !== undefined && generationOf(counted_in, policy_id) !== building) continue;
      const known = result.sums.get(policy_id) ?? NOTHING;
      result.sums.set(policy_id, {
        packets: known.packets + packets,
        bytes: known.bytes + bytes,
        estimated_bytes: known.estimated_bytes + estimated_bytes,
      });
    }
  }
  return result;
}

function isBetween(value: bigint, low: bigint, high: bigint): boolean {
  return low <= value && value <= high;
}
