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
  /** Nothing new is begun after it (ms); the next run goes on. */
  deadline: number;
}

/**
 * Dead generations that a run looks through, the newest ones. Each change of the network's paths
 * makes one, most of them with nothing in it; what older ones may hold has expired long ago, and
 * DynamoDB's own TTL takes it.
 */
const MAX_DEAD = 20;

/**
 * Removes what expired and what was cleared from the shared level, and answers how many entries
 * went. DynamoDB's TTL would do it too, days late. Its work grows with what goes, never with what
 * is live.
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

// What a slow load puts into a dead generation after this is left to DynamoDB's TTL.
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
    // A change of the network raises the generation just now; the next mark says the same and more.
    if (classifyFailure(cause).kind !== 'conflict') throw cause;
  });
}
