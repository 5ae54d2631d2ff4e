import { DeleteCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { forgetRetired } from '../../ledger/figures/counter-generations.ts';
import { type CountersHead, readCountersHead } from '../../ledger/figures/counter-slots.ts';
import { counterPartition } from '../../ledger/lane-keys.ts';
import { atOnce } from '../../storage/at-once.ts';
import type { ItemKey } from '../../storage/item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { moveLanes } from './move-lanes.ts';

/** No reader uses a head for this long. */
const KEPT_MS = 3_600_000;

/** Deletes under way at once. */
const AT_ONCE = 16;

export interface TidiedGenerations {
  /** Lanes that were created in a generation that isn't shown, and have been moved. */
  lanes_moved: number;
  counters_removed: number;
}

/**
 * A step of clean-up. While counters of an earlier generation exist, it moves lanes that functions
 * created there because they had read the earlier head. After an hour it removes those counters. It
 * does nothing while a generation is being built.
 */
export async function tidyGenerations(context: StoreContext): Promise<TidiedGenerations> {
  const result: TidiedGenerations = { lanes_moved: 0, counters_removed: 0 };
  const head = await readCountersHead(context);
  if (head.building !== undefined || head.retired.length === 0) return result;
  const { behind, left, unreadable } = await moveLanes(context, head.generation);
  result.lanes_moved = behind - left;
  if (left > 0 || unreadable.length > 0) return result;
  for (const { generation, at } of head.retired) {
    if (context.clock() < at + KEPT_MS) continue;
    result.counters_removed += await removeCounters(context, { ...head, generation });
    if (context.clock() >= context.deadline) break;
    await forgetRetired(context, generation);
  }
  return result;
}

async function removeCounters(
  context: StoreContext,
  { slots, generation }: Pick<CountersHead, 'slots' | 'generation'>,
): Promise<number> {
  const { client, tables, clock, deadline } = context;
  let removed = 0;
  for (let slot = 0; slot < slots; slot++) {
    const pages = paginateQuery(
      { client },
      {
        TableName: tables.traffic,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': counterPartition(slot, generation) },
        ProjectionExpression: 'pk, sk',
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      await atOnce(AT_ONCE, Items as ItemKey[], async ({ pk, sk }) => {
        if (clock() >= deadline) return;
        const command = { TableName: tables.traffic, Key: { pk, sk } };
        await repeatUntil(context, () => client.send(new DeleteCommand(command)));
        removed += 1;
      });
      if (clock() >= deadline) return removed;
    }
  }
  return removed;
}
