import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { classifyFailure } from '../../storage/failure.ts';
import { updateItem } from '../../storage/item-update.ts';
import type { Clock } from '../../time/clock.ts';
import { readGeneration } from '../generation/generation.ts';
import { generationKey } from '../shared/table-keys.ts';
import { sweepExpired, sweepGeneration } from '../shared/table-partitions.ts';

export interface SweepOptions {
  client: DynamoDBDocumentClient;
  /** The Cache table. */
  table: string;
  caches: readonly string[];
  clock: Clock;
  /** No new work begins after this time (ms); the next run continues. */
  deadline: number;
}

/**
 * How many of the newest dead generations a run sweeps. Each change of the network's paths makes
 * one, most of them empty. Entries of older ones expired long ago, and DynamoDB's TTL deletes them.
 */
const MAX_DEAD = 20;

/**
 * Removes expired and cleared entries from the shared level, and returns how many it removed.
 * DynamoDB's TTL would do that too, days late. The cost does not depend on the number of live
 * entries.
 */
export async function sweepCaches(options: SweepOptions): Promise<{ removed: number; finished: boolean }> {
  const { caches, clock, deadline } = options;
  let removed = 0;
  for (const cache of caches) {
    const scope = { client: options.client, table: options.table, cache };
    const { generation, swept } = await readGeneration(scope);
    for (let dead = Math.max(swept, generation - MAX_DEAD); dead < generation; dead++) {
      if (clock() >= deadline) return { removed, finished: false };
      removed += await sweepGeneration({ ...scope, generation: dead, now: clock() });
      await markSwept({ ...scope, swept: dead + 1 });
    }
    if (clock() >= deadline) return { removed, finished: false };
    removed += await sweepExpired({ ...scope, generation, now: clock() });
  }
  return { removed, finished: true };
}

// An entry that a slow load writes to a dead generation after this is left to DynamoDB's TTL.
async function markSwept({
  client,
  table,
  cache,
  swept,
}: {
  client: DynamoDBDocumentClient;
  table: string;
  cache: string;
  swept: number;
}): Promise<void> {
  const command = new UpdateCommand(updateItem({ table, key: generationKey(cache), set: { swept } }));
  await client.send(command).catch(cause => {
    // A change of the network is raising the generation; the next run's mark includes this one.
    if (classifyFailure(cause).kind !== 'conflict') throw cause;
  });
}
