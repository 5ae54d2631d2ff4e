import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type GroupWorkers, readGroupOnce } from '../core/history/groups/group-workers.ts';
import { DEFAULT_RETENTION } from '../core/history/resolution.ts';
import { takeSnapshot } from '../core/history/snapshot.ts';
import { batchPut } from '../core/storage/batch-write.ts';
import { createTable } from '../test/support/create-table.ts';
import type { BenchRow } from './bench-row.ts';
import { laneItem } from './support/lane-item.ts';
import { cpuMilliseconds, median } from './support/measure.ts';
import { noteCalls } from './support/noted-calls.ts';

const TABLE = 'lane-groups';
const LANES = 10_000;
const POLICIES = 20;
const GROUPS = 4;
const ROUNDS = 3;
const ON_PAPER = 1_000_000;
const MOST_GROUPS = 64;
const CALLS_AT_A_TIME = 16;
/** Limit as a multiple of only the same database calls. */
const MAX_RATIO = 3;
const NOW = Date.parse('2026-03-15T12:00:00Z');

/**
 * A minute of 10,000 lanes in four groups: the time of the groups, one after the other, and the
 * remaining time for the snapshot itself.
 */
export async function groupRows(client: DynamoDBDocumentClient): Promise<BenchRow[]> {
  await createTable(client, TABLE);
  const store = { client, table: TABLE };
  const sleep = async () => {};
  const lanes = Array.from({ length: LANES }, (_, index) =>
    laneItem(index, { policies: POLICIES, now: NOW }),
  );
  await batchPut(lanes, { ...store, sleep });
  const registered = lanes.map(({ sk }) => ({
    id: sk.slice(0, -2),
    interval_s: 60,
    service: [{ from: 0, to: Number.POSITIVE_INFINITY }],
  }));
  const [ofGroups, ofSnapshot] = [noteCalls(client), noteCalls(client)];
  let reading = 0;
  const options = (noted: DynamoDBDocumentClient, minute: number) => ({
    store: { ...store, client: noted },
    retention: DEFAULT_RETENTION,
    clock: () => NOW + minute * 60_000 + 400,
    sleep,
  });
  const snapshot = (minute: number) => {
    const workers: GroupWorkers = {
      async read(requests) {
        reading = await cpuMilliseconds(async () => {
          for (const request of requests) await readGroupOnce(options(ofGroups.client, minute), request);
        });
      },
    };
    return takeSnapshot({
      ...options(ofSnapshot.client, minute),
      scheduled_at: NOW + minute * 60_000,
      registered,
      workers,
      lanes_a_group: LANES / GROUPS,
    });
  };
  // The first is of one group, with the hour and day that begin; the second reads samples of it,
  // not what groups stored.
  for (const minute of [0, 1]) await snapshot(minute);
  const [groups, groupsAlone, rest, restAlone]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let minute = 2; minute < 2 + ROUNDS; minute++) {
    ofGroups.clear();
    ofSnapshot.clear();
    const all = await cpuMilliseconds(() => snapshot(minute));
    groups.push(reading);
    rest.push(all - reading);
    groupsAlone.push(await cpuMilliseconds(() => ofGroups.repeat({ at_a_time: CALLS_AT_A_TIME })));
    restAlone.push(await cpuMilliseconds(() => ofSnapshot.repeat({ at_a_time: CALLS_AT_A_TIME })));
  }
  const [group, groupAlone] = [median(groups), median(groupsAlone)].map(ms => ms / 1000 / LANES) as [
    number,
    number,
  ];
  const [merge, mergeAlone] = [median(rest), median(restAlone)].map(ms => ms / 1000 / LANES) as [
    number,
    number,
  ];
  const lanesOfGroup = ON_PAPER / MOST_GROUPS;
  return [
    {
      name: `groups: CPU of one of ${MOST_GROUPS} in a minute of ${ON_PAPER} lanes on paper`,
      value: group * lanesOfGroup,
      unit: 's',
      peer: 'its calls of the database alone',
      peer_value: groupAlone * lanesOfGroup,
      ratio: group / groupAlone,
      threshold: `ratio <= ${MAX_RATIO}`,
      ok: group <= MAX_RATIO * groupAlone,
      note: `measured with ${LANES} lanes in ${GROUPS} groups, ${ofGroups.count} calls; median of ${ROUNDS}`,
    },
    {
      name: `groups: CPU of the snapshot that has them read, ${ON_PAPER} lanes on paper`,
      value: merge * ON_PAPER,
      unit: 's',
      peer: 'its groups, one after the other',
      peer_value: group * ON_PAPER,
      ratio: merge / group,
      threshold: 'ratio <= 0.25',
      ok: merge <= group / 4,
      note: `completeness of ${LANES} edges, sums and marks; its calls alone ${(mergeAlone * ON_PAPER).toFixed(1)} s; reading the inventory comes on top`,
    },
  ];
}
