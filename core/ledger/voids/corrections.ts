import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Item, ItemKey } from '../../storage/item.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { TableNames } from '../../storage/tables.ts';
import { pairKey } from '../../totals/pair-key.ts';
import type { Baseline, BaselineCounts } from '../figures/baselines.ts';
import { addTo, type CorrectionCounts, unpackCorrection, type VoidedPair } from './correction-counts.ts';

/** Partition of the heads of all corrections; the sort key is the id of the void's audit entry. */
export const CORRECTION_PARTITION = 'CORRECTION';

/** Partition of the chunks that one run of a void wrote. Chunks of two runs of a void never mix. */
export function correctionChunkPartition({
  audit_id,
  run,
}: Pick<CorrectionHead, 'audit_id' | 'run'>): string {
  return `CORRECTION#${audit_id}#${run}`;
}

export function correctionKey(audit_id: string): ItemKey {
  return { pk: CORRECTION_PARTITION, sk: audit_id };
}

/**
 * A voided boot, as the head of its correction describes it. Without the head the void has no
 * effect.
 */
export interface CorrectionHead {
  /** Id of the void's audit entry. */
  audit_id: string;
  /** When it was made, milliseconds. */
  at: number;
  edge_id: string;
  boot_id: string;
  /** The edge's site at that time. */
  site_id: string;
  /** Span in which reports of the boot arrived, milliseconds; history is marked in it. */
  first_heard_at_ms: number;
  last_heard_at_ms: number;
  /** Resets since the boot began. The chunks hold what each contains of it. */
  resets: readonly string[];
  /** The run whose chunks hold its counts, and their number. */
  run: string;
  chunks: number;
  undone: boolean;
}

const headSchema = z
  .object({
    sk: z.string(),
    at: z.number(),
    edge_id: z.string(),
    boot_id: z.string(),
    site_id: z.string(),
    first_heard_at_ms: z.number(),
    last_heard_at_ms: z.number(),
    resets: z.array(z.string()),
    run: z.string(),
    chunks: z.number(),
    undone: z.boolean(),
  })
  .transform(({ sk, ...head }): CorrectionHead => ({ audit_id: sk, ...head }));

export function correctionItem({ audit_id, ...head }: CorrectionHead): Item {
  return { ...correctionKey(audit_id), ...head };
}

/** @throws BrokenItem */
export function correctionOfItem(item: Item): CorrectionHead {
  return parseItem(headSchema, item);
}

/** A correction with its counts, summed for readers. */
export interface Correction extends CorrectionHead {
  /** The boot's counts, by pair and part. */
  pairs: readonly VoidedPair[];
  /** By policy id. */
  policies: ReadonlyMap<string, BaselineCounts>;
  /** By part of the edge, then by pairKey. */
  parts: ReadonlyMap<number, ReadonlyMap<string, BaselineCounts>>;
  /** The boot's counts that resets contain, by reset, then by policy id. */
  in_resets: ReadonlyMap<string, ReadonlyMap<string, BaselineCounts>>;
}

interface CorrectionStore {
  client: DynamoDBDocumentClient;
  tables: Pick<TableNames, 'traffic'>;
}

type Sums = Pick<Correction, 'pairs' | 'policies' | 'parts' | 'in_resets'>;

/** By audit id; a correction's counts are immutable. Room for those of some hundred large boots. */
const sums = new LRUCache<string, Sums>({
  maxSize: 200_000,
  sizeCalculation: ({ pairs }) => pairs.length + 1,
});

/**
 * The heads of all corrections that were not undone, in the order of time, read strongly. As a rule
 * there is none.
 * @throws BrokenItem
 */
export async function readCorrectionHeads(store: CorrectionStore): Promise<CorrectionHead[]> {
  const heads = (await allOf(store, CORRECTION_PARTITION)).map(correctionOfItem);
  return heads.filter(({ undone }) => !undone);
}

/**
 * All corrections that were not undone.
 * @throws BrokenItem · CorrectionIncomplete · PackedDataUnreadable
 */
export async function readCorrections(store: CorrectionStore): Promise<Correction[]> {
  const heads = await readCorrectionHeads(store);
  return Promise.all(heads.map(async head => ({ ...head, ...(await readSums(store, head)) })));
}

/** The counts in the chunks of a correction. @throws CorrectionIncomplete · PackedDataUnreadable */
export async function readCorrectionCounts(
  store: CorrectionStore,
  { audit_id, run, chunks }: Pick<CorrectionHead, 'audit_id' | 'run' | 'chunks'>,
): Promise<CorrectionCounts> {
  const items = await allOf(store, correctionChunkPartition({ audit_id, run }));
  if (items.length !== chunks) throw new CorrectionIncomplete(audit_id, { found: items.length, chunks });
  return unpackCorrection(items.map(({ data }) => data as Uint8Array));
}

/**
 * A correction's head exists, but not all of its chunks. Readers get this error instead of wrong
 * figures.
 */
class CorrectionIncomplete extends Error {
  override readonly name = 'CorrectionIncomplete';

  constructor(audit_id: string, { found, chunks }: { found: number; chunks: number }) {
    super(`The correction ${audit_id} has ${found} of its ${chunks} chunks.`);
  }
}

async function readSums(store: CorrectionStore, head: CorrectionHead): Promise<Sums> {
  const known = sums.get(head.audit_id);
  if (known) return known;
  const read = sumsOf(await readCorrectionCounts(store, head));
  sums.set(head.audit_id, read);
  return read;
}

function sumsOf({ pairs, in_resets }: CorrectionCounts): Sums {
  const policies = new Map<string, BaselineCounts>();
  const parts = new Map<number, Map<string, BaselineCounts>>();
  for (const pair of pairs) {
    addTo(policies, pair.policy_id, pair);
    const ofPart = parts.get(pair.part) ?? new Map<string, BaselineCounts>();
    addTo(ofPart, pairKey(pair), pair);
    parts.set(pair.part, ofPart);
  }
  const resets = new Map<string, Map<string, BaselineCounts>>();
  for (const each of in_resets) {
    const ofReset = resets.get(each.reset) ?? new Map<string, BaselineCounts>();
    addTo(ofReset, each.policy_id, each);
    resets.set(each.reset, ofReset);
  }
  return { pairs, policies, parts, in_resets: resets };
}

async function allOf({ client, tables }: CorrectionStore, pk: string): Promise<Item[]> {
  const query = {
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
  };
  const items: Item[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query)) items.push(...Items);
  return items;
}

const NOTHING: BaselineCounts = { packets: 0n, bytes: 0n, estimated_bytes: 0n };

/**
 * What corrections subtract from a policy's counters in addition to its baseline: the counts of the
 * boots, without those that the baseline contains.
 *
 * @param reset the newest reset that covers the policy; undefined: there is none
 */
export function voidedOf(
  corrections: readonly Correction[],
  policy_id: string,
  reset: Pick<Baseline, 'audit_id' | 'at'> | undefined,
): BaselineCounts {
  const sum = { ...NOTHING };
  for (const correction of corrections) {
    const counts = correction.policies.get(policy_id);
    if (!counts) continue;
    const contained = reset ? containedIn(reset, correction, policy_id) : NOTHING;
    sum.packets += counts.packets - contained.packets;
    sum.bytes += counts.bytes - contained.bytes;
    sum.estimated_bytes += counts.estimated_bytes - contained.estimated_bytes;
  }
  return sum;
}

/**
 * The counts of a voided boot that a reset's baseline contains. A baseline from before the boot's
 * first report contains nothing of it, one from after its end all of it (docs/decisions/127).
 */
function containedIn(
  { audit_id, at }: Pick<Baseline, 'audit_id' | 'at'>,
  { first_heard_at_ms, resets, in_resets, policies }: Correction,
  policy_id: string,
): BaselineCounts {
  if (at < first_heard_at_ms) return NOTHING;
  if (resets.includes(audit_id)) return in_resets.get(audit_id)?.get(policy_id) ?? NOTHING;
  return policies.get(policy_id) ?? NOTHING;
}

/**
 * What corrections subtract from the pairs of one lane, by pairKey; undefined for nearly all lanes.
 */
export function voidedOfLane(
  corrections: readonly Correction[],
  { edge_id, part }: { edge_id: string; part: number },
): ReadonlyMap<string, BaselineCounts> | undefined {
  let found: Map<string, BaselineCounts> | undefined;
  for (const correction of corrections) {
    const pairs = correction.edge_id === edge_id ? correction.parts.get(part) : undefined;
    if (!pairs) continue;
    found ??= new Map();
    for (const [key, counts] of pairs) addTo(found, key, counts);
  }
  return found;
}
