import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { backoffMs } from '../../storage/backoff.ts';
import type { Item } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { ConditionFailed, outOfTime, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { transact } from '../../storage/transact.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { wholeLanes } from '../figures/read-idle.ts';
import { type LaneItem, readLaneItemsOfEdge } from '../figures/read-lanes.ts';
import { closeBoot } from '../lane/close-boot.ts';
import type { Lane } from '../lane/lane.ts';
import { NO_CHANGES } from '../lane/lane-state.ts';
import { laneKey } from '../lane-keys.ts';
import { bootItem } from '../packing/boot-item.ts';
import { decodeLane, encodeLane } from '../packing/lane-codec.ts';
import { randomVersion } from '../random-version.ts';

/**
 * Gives each lane of an edge a new version, and closes the boot where it is current. From then on a
 * report of the boot that was read before the tombstone can't be written: the write's condition
 * names an older version. Repeating changes nothing but versions.
 *
 * @returns the parts of the edge that have a lane
 * @throws PackedDataUnreadable · Conflict or Throttled at the deadline
 */
export async function freezeBoot(
  context: StoreContext,
  { edge_id, boot_id }: { edge_id: string; boot_id: string },
): Promise<number[]> {
  const { client, tables } = context;
  const items = await repeatUntil(context, () => readLaneItemsOfEdge(client, tables, edge_id));
  for (const item of items) await freezeLane(context, item, boot_id);
  return items.map(({ part }) => part);
}

async function freezeLane(context: StoreContext, read: LaneItem, boot_id: string): Promise<void> {
  let item = read;
  for (let attempt = 0; ; attempt++) {
    try {
      const actions = await frozen(context, item, boot_id);
      await transact(context.client, actions, context);
      return;
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      // A report was counted meanwhile, or this write was done and its answer was lost.
      const wait = backoffMs(attempt, { random: context.random });
      if (context.clock() + wait >= context.deadline) throw outOfTime({ kind: 'condition', cause });
      await context.sleep(wait);
      item = await readAgain(context, item);
    }
  }
}

async function frozen(context: StoreContext, item: LaneItem, boot_id: string): Promise<WriteAction[]> {
  const table = context.tables.traffic;
  const lane = decodeLane(item, item.data);
  if (lane.boot_id !== boot_id) return [putLane(table, item, item.data)];
  const { closed, next } = await closedLane(context, lane);
  return [
    putLane(table, item, encodeLane(next)),
    { Put: { TableName: table, Item: bootItem(item, closed) } },
  ];
}

async function closedLane(context: StoreContext, lane: Lane) {
  const [whole] = await wholeLanes([lane], context);
  const { idle } = whole!;
  const state = closeBoot({ lane, idle, boots: new Map(), parts: new Map(), changes: NO_CHANGES });
  return { next: state.lane, closed: state.changes.boots.get(lane.boot_id)! };
}

function putLane(
  TableName: string,
  { edge_id, part, version, listed }: LaneItem,
  data: Uint8Array,
): WriteAction {
  const unchanged = conditionOf({ expression: '#version = :base', values: { base: version } });
  const Item: Item = { ...laneKey(edge_id, part), version: randomVersion(), data, ...(listed && { listed }) };
  return { Put: { TableName, Item, ...unchanged } };
}

async function readAgain({ client, tables, ...retrying }: StoreContext, item: LaneItem): Promise<LaneItem> {
  const Key = laneKey(item.edge_id, item.part);
  const read = new GetCommand({ TableName: tables.traffic, Key, ConsistentRead: true });
  const { Item } = await repeatUntil(retrying, () => client.send(read));
  return {
    ...item,
    version: Item!.version as number,
    data: Item!.data as Uint8Array,
    listed: Item!.listed === true,
  };
}
