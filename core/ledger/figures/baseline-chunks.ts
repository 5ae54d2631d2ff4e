import { type DynamoDBDocumentClient, PutCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { atOnce } from '../../storage/at-once.ts';
import type { Item } from '../../storage/item.ts';
import { compareKeys } from '../../storage/key-order.ts';
import { type Retrying, repeatUntil } from '../../storage/retrying.ts';
import type { TableNames } from '../../storage/tables.ts';
import { openPacked, sealPacked } from '../packing/packed-item.ts';
import { PackedWriter } from '../packing/packed-writer.ts';
import type { BaselineCounts } from './baselines.ts';

/**
 * Policies per chunk: with the longest ids and counts they are 220 KB before they are compressed,
 * and an item may have 400.
 */
const POLICIES_A_CHUNK = 500;

/** Chunks that are written at once. */
const AT_ONCE = 16;

/**
 * Figures per policy in a chunk: packets, bytes, estimated bytes. Later releases may append more.
 */
const FIGURES = 3;

interface ChunkStore {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/**
 * Partition of the chunks of one attempt of a reset. A chunk's sort key is its lowest policy id, so
 * that the chunk of an id can be found.
 */
export function baselineChunkPartition(chunks_id: string): string {
  return `BASELINE#${chunks_id}`;
}

/**
 * Writes the counts that a reset of all policies found. Its chunks have no effect until the reset's
 * head is written.
 *
 * @returns how many chunks there are
 * @throws Conflict or Throttled at the deadline
 */
export async function writeBaselineChunks(
  store: ChunkStore & Retrying,
  chunks_id: string,
  policies: ReadonlyMap<string, BaselineCounts>,
): Promise<number> {
  const sorted = [...policies].sort(([a], [b]) => compareKeys(a, b));
  const chunks: (typeof sorted)[] = [];
  for (let from = 0; from < sorted.length; from += POLICIES_A_CHUNK) {
    chunks.push(sorted.slice(from, from + POLICIES_A_CHUNK));
  }
  await atOnce(AT_ONCE, chunks, chunk => {
    const put = new PutCommand({ TableName: store.tables.traffic, Item: chunkItem(chunks_id, chunk) });
    return repeatUntil(store, () => store.client.send(put));
  });
  return chunks.length;
}

/**
 * The counts in a reset's chunks, by policy id.
 * @throws BaselineIncomplete · PackedDataUnreadable
 */
export async function readBaselineChunks(
  { client, tables }: ChunkStore,
  { chunks_id, chunks }: { chunks_id: string; chunks: number },
): Promise<Map<string, BaselineCounts>> {
  const policies = new Map<string, BaselineCounts>();
  let found = 0;
  const query = {
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': baselineChunkPartition(chunks_id) },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    found += Items.length;
    for (const item of Items) for (const [id, counts] of readChunk(item)) policies.set(id, counts);
  }
  if (found !== chunks) throw new BaselineIncomplete(chunks_id, { found, chunks });
  return policies;
}

/** Like {@link readBaselineChunks}, for some ids: reads just the chunks that may contain them. */
export async function readBaselineChunksOf(
  { client, tables }: ChunkStore,
  { chunks_id, ids }: { chunks_id: string; ids: Iterable<string> },
): Promise<Map<string, BaselineCounts>> {
  const policies = new Map<string, BaselineCounts>();
  let chunk: [string, BaselineCounts][] = [];
  for (const id of [...ids].sort(compareKeys)) {
    const last = chunk.at(-1)?.[0];
    if (last === undefined || compareKeys(id, last) > 0) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tables.traffic,
          KeyConditionExpression: 'pk = :pk AND sk <= :id',
          ExpressionAttributeValues: { ':pk': baselineChunkPartition(chunks_id), ':id': id },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: 1,
        }),
      );
      chunk = Items[0] ? readChunk(Items[0]) : [];
      for (const [policy_id, counts] of chunk) policies.set(policy_id, counts);
    }
  }
  return policies;
}

/**
 * A reset's head exists, but not all of its chunks: a fault of ours or of the table's. Readers get
 * this error instead of wrong figures.
 */
class BaselineIncomplete extends Error {
  override readonly name = 'BaselineIncomplete';

  constructor(chunks_id: string, { found, chunks }: { found: number; chunks: number }) {
    super(`The reset ${chunks_id} has ${found} of its ${chunks} chunks.`);
  }
}

function chunkItem(chunks_id: string, policies: readonly [string, BaselineCounts][]): Item {
  const out = new PackedWriter();
  out.number(FIGURES);
  out.number(policies.length);
  for (const [id, { packets, bytes, estimated_bytes }] of policies) {
    out.text(id);
    out.count(packets);
    out.count(bytes);
    out.count(estimated_bytes);
  }
  return { pk: baselineChunkPartition(chunks_id), sk: policies[0]![0], data: sealPacked(out.bytes()) };
}

function readChunk({ data }: Item): [string, BaselineCounts][] {
  return openPacked(data as Uint8Array, input => {
    const figures = input.number();
    return Array.from({ length: input.number() }, (): [string, BaselineCounts] => {
      const id = input.text();
      const counts = {
        packets: input.count(),
        bytes: input.count(),
        // An earlier release wrote two figures.
        estimated_bytes: figures < FIGURES ? 0n : input.count(),
      };
      for (let more = FIGURES; more < figures; more++) input.count();
      return [id, counts];
    });
  });
}
