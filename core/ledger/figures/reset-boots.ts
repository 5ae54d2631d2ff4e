import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { readItems } from '../../storage/batch-get.ts';
import { type Item, keyText } from '../../storage/item.ts';
import { readPartitions } from '../../storage/read-partitions.ts';
import { type Retrying, repeatUntil } from '../../storage/retrying.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { Boot, BootPair } from '../lane/boot.ts';
import { estimatedOf } from '../lane/boot-counts.ts';
import { bootPairsOf } from '../lane/boot-pairs.ts';
import { bootKey, laneBuckets, recentBootPartition } from '../lane-keys.ts';
import { bootOfItem } from '../packing/boot-item.ts';
import { openPacked, PackedDataUnreadable, readOrUnreadable, sealPacked } from '../packing/packed-item.ts';
import { PackedWriter } from '../packing/packed-writer.ts';
import { addTo } from '../voids/correction-counts.ts';
import type { BaselineCounts } from './baselines.ts';
import { readAllLanes } from './read-lanes.ts';

/*
 * A reset stores the counts of the boots that were running when it was made, or reported late
 * around it. If such a boot is voided later, its counts in the reset's baseline are not subtracted
 * again (docs/decisions/127).
 */

interface BootStore {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/** The counts of a boot in one part of its edge, by policy id. */
export interface ResetBoot {
  edge_id: string;
  part: number;
  boot_id: string;
  policies: ReadonlyMap<string, BaselineCounts>;
}

/**
 * A chunk has at most so many bytes before it is compressed, or one boot: that is at most 360 KB
 * (`checkBootSize`), and an item may have 400.
 */
const CHUNK_BYTES = 200_000;

/** Partition of these figures; its beginning is that of the reset's other chunks. */
export function resetBootsPartition(chunks_id: string): string {
  return `BASELINE#${chunks_id}#BOOTS`;
}

/**
 * Reads all lanes and stores the counts of their boots, of one policy or of all. Read the counters
 * before. It may be repeated: of figures that are stored twice, readers use the later ones.
 */
export async function writeResetBoots(
  store: BootStore & Retrying,
  chunks_id: string,
  { policy_id }: { policy_id?: string } = {},
): Promise<void> {
  const { client, tables } = store;
  let lanes: ResetBoot[] = [];
  let bytes = 0;
  let chunk = 0;
  const flush = async (): Promise<void> => {
    if (lanes.length === 0) return;
    const Item = chunkItem(chunks_id, chunk++, lanes);
    lanes = [];
    bytes = 0;
    await repeatUntil(store, () => client.send(new PutCommand({ TableName: tables.traffic, Item })));
  };
  const add = async (boot: ResetBoot): Promise<void> => {
    const size = sizeOf(boot);
    if (bytes + size > CHUNK_BYTES) await flush();
    // Also a boot without counts: a boot that is left out counts as ended, with all of it in the
    // baseline.
    lanes.push(boot);
    bytes += size;
  };
  const current = new Set<string>();
  for await (const lane of readAllLanes(client, tables)) {
    const { edge_id, part, boot_id, idle } = lane;
    current.add(keyText(bootKey(edge_id, part, boot_id)));
    await add({ edge_id, part, boot_id, policies: policiesOf(bootPairsOf({ lane, idle }), policy_id) });
  }
  for await (const { boot, ...name } of readRecentBoots(store, current)) {
    await add({ ...name, policies: policiesOf(boot.pairs.values(), policy_id) });
  }
  await flush();
}

/**
 * Boots that are not current and were closed or reported lately: their clocks run behind, or their
 * reports are late. Lanes are read before, so that a boot that is closed meanwhile is found in one
 * of both places.
 */
async function* readRecentBoots(
  store: BootStore & Retrying,
  current: ReadonlySet<string>,
): AsyncGenerator<RecentBoot & { boot: Boot }> {
  const table = store.tables.traffic;
  const partitions = laneBuckets().map(recentBootPartition);
  for await (const { items } of readPartitions<RecentBoot>(store.client, table, partitions)) {
    const keyOf = ({ edge_id, part, boot_id }: RecentBoot) => bootKey(edge_id, part, boot_id);
    const others = items.filter(item => !current.has(keyText(keyOf(item))));
    const found = await readItems(others.map(keyOf), { ...store, table });
    for (const { edge_id, part, boot_id } of others) {
      const item = found.get(keyText(bootKey(edge_id, part, boot_id)));
      const boot = item && readOrUnreadable(() => bootOfItem(boot_id, item));
      if (boot && !(boot instanceof PackedDataUnreadable)) yield { edge_id, part, boot_id, boot };
    }
  }
}

interface RecentBoot {
  edge_id: string;
  part: number;
  boot_id: string;
}

/**
 * The figures of one boot that a reset stored, by part; none if the boot was not running, or an
 * earlier release made the reset.
 */
export async function readResetBoots(
  { client, tables }: BootStore,
  chunks_id: string,
  { edge_id, boot_id }: Pick<ResetBoot, 'edge_id' | 'boot_id'>,
): Promise<Map<number, ResetBoot>> {
  const query = {
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': resetBootsPartition(chunks_id) },
    ConsistentRead: true,
  };
  const found = new Map<number, ResetBoot>();
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    for (const boot of Items.flatMap(readChunk)) {
      if (boot.edge_id !== edge_id || boot.boot_id !== boot_id) continue;
      found.set(boot.part, boot);
    }
  }
  return found;
}

function policiesOf(pairs: Iterable<BootPair>, only: string | undefined): Map<string, BaselineCounts> {
  const policies = new Map<string, BaselineCounts>();
  for (const pair of pairs) {
    const { policy_id, packets, bytes } = pair;
    if (only !== undefined && policy_id !== only) continue;
    addTo(policies, policy_id, { packets, bytes, estimated_bytes: estimatedOf(pair) });
  }
  return policies;
}

function sizeOf({ edge_id, boot_id, policies }: ResetBoot): number {
  const ids = [edge_id, boot_id, ...policies.keys()];
  return ids.reduce((bytes, id) => bytes + Buffer.byteLength(id) + 24, 0);
}

function chunkItem(chunks_id: string, chunk: number, lanes: readonly ResetBoot[]): Item {
  const out = new PackedWriter();
  out.number(lanes.length);
  for (const { edge_id, part, boot_id, policies } of lanes) {
    out.text(edge_id);
    out.number(part);
    out.text(boot_id);
    out.number(policies.size);
    for (const [policy_id, { packets, bytes, estimated_bytes }] of policies) {
      out.text(policy_id);
      out.count(packets);
      out.count(bytes);
      out.count(estimated_bytes);
    }
  }
  const sk = String(chunk).padStart(6, '0');
  return { pk: resetBootsPartition(chunks_id), sk, data: sealPacked(out.bytes()) };
}

function readChunk({ data }: Item): ResetBoot[] {
  return openPacked(data as Uint8Array, input =>
    Array.from({ length: input.number() }, (): ResetBoot => {
      const name = { edge_id: input.text(), part: input.number(), boot_id: input.text() };
      const policies = new Map<string, BaselineCounts>();
      for (let left = input.number(); left > 0; left--) {
        const policy_id = input.text();
        const counts = { packets: input.count(), bytes: input.count() };
        policies.set(policy_id, { ...counts, estimated_bytes: input.count() });
      }
      return { ...name, policies };
    }),
  );
}
