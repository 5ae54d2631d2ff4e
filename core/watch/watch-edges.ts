import type { Alarm, AlarmKind } from '../alarms/alarm.ts';
import { thingOf } from '../alarms/alarm-actions.ts';
import { type SettledAlarms, settleAlarms } from '../alarms/settle-alarms.ts';
import type { EdgeInService } from '../inventory/edges/read-edges.ts';
import { readPoliciesMeta } from '../inventory/policies/read-policies.ts';
import { readStoredLanes } from '../ledger/figures/read-lanes.ts';
import type { Lane } from '../ledger/lane/lane.ts';
import type { SilenceOptions } from '../ledger/lane/silence.ts';
import { bucketsOf, groupOf, laneBucket } from '../ledger/lane-keys.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../ledger/packing/packed-item.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { edgeProblems } from './edge-problems.ts';
import type { ReadGroup } from './threshold-figures.ts';

export const EDGE_KINDS: readonly AlarmKind[] = ['EDGE_SILENT', 'POLICIES_BEHIND', 'CLOCK_SKEW'];

/**
 * In how many groups lanes are read, one after another. Each run begins with another group, so that
 * all are read even when runs have too little time.
 */
const GROUPS = 4;

const RUN_EVERY_MS = 60_000;

export interface WatchContext extends StoreContext, SilenceOptions {
  /** When the run was due, milliseconds: thresholds are judged for its minute. Default: now. */
  scheduled_at?: number;
}

export interface WatchedEdges extends SettledAlarms {
  /** False when the deadline came before the end. */
  complete: boolean;
}

/**
 * Begins and ends the alarms of edges by reading every lane.
 *
 * @param edges in service
 * @param open the alarms of {@link EDGE_KINDS}
 */
export async function watchEdges(
  context: WatchContext,
  {
    edges,
    open,
    onRead,
  }: {
    edges: readonly EdgeInService[];
    open: readonly Alarm[];
    /** Called with the edges and lanes of each group. */
    onRead(group: ReadGroup): void;
  },
): Promise<WatchedEdges> {
  const { silent_after_s, clock, deadline } = context;
  const meta = await readPoliciesMeta(context);
  const changed_at_ms = meta.changed_at === undefined ? undefined : Date.parse(meta.changed_at);
  const policies = { version: meta.version, changed_at_ms };
  const served = new Set(edges.map(({ id }) => `edge:${id}`));
  const result: WatchedEdges = { begun: 0, ended: 0, left: 0, complete: true };
  for (const group of groupsInTurn(clock())) {
    if (clock() >= deadline) return { ...result, complete: false };
    const isIn = (edge_id: string) => groupOf(laneBucket(edge_id), GROUPS) === group;
    const inGroup = edges.filter(({ id }) => isIn(id));
    // The time is taken before the reading: an edge that reports during it is not silent.
    const now_ms = clock();
    const lanes = await readGroup(context, group);
    onRead({ edges: inGroup, lanes, now_ms, silent_after_s });
    const problems = edgeProblems({ edges: inGroup, lanes, policies, now_ms, silent_after_s });
    const settled = await settleAlarms(context, {
      open: open.filter(({ target }) => isIn(target.slice('edge:'.length))),
      problems,
      job: 'cleanup',
      endingOf: ({ target }) => (served.has(target) ? undefined : outOfService(target)),
    });
    result.begun += settled.begun;
    result.ended += settled.ended;
    result.left += settled.left;
  }
  return result;
}

const outOfService = (target: string) => ({
  type: 'ALARM_ENDED',
  title: `${thingOf(target)} is out of service, so that its alarm has ended.`,
});

function groupsInTurn(now: number): number[] {
  const first = Math.floor(now / RUN_EVERY_MS) % GROUPS;
  return Array.from({ length: GROUPS }, (_, step) => (first + step) % GROUPS);
}

/** The lanes of a group, without unreadable ones, for which CloudWatch has an alarm. */
async function readGroup({ client, tables }: StoreContext, index: number): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for await (const page of readStoredLanes(client, tables, bucketsOf({ index, of: GROUPS }))) {
    for (const item of page) {
      const lane = readOrUnreadable(() => decodeLane(item, item.data));
      if (!(lane instanceof PackedDataUnreadable)) lanes.push(lane);
    }
  }
  return lanes;
}
