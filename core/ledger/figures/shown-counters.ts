import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Retrying } from '../../storage/retrying.ts';
import type { TableNames } from '../../storage/tables.ts';
import { type Correction, readCorrections, voidedOf } from '../voids/corrections.ts';
import { readBaselineChunks, readBaselineChunksOf } from './baseline-chunks.ts';
import { type Baseline, type BaselineCounts, readBaselines } from './baselines.ts';
import type { CounterStore } from './counter-slots.ts';
import {
  type CountedPage,
  type Counts,
  noCounts,
  readCounters,
  readCountersAfter,
  readCountersOf,
  trafficTotals,
} from './read-counters.ts';

/*
 * Counters as they are shown: less the newest baseline that covers the policy and was not undone,
 * and less what voided boots had counted since. Baselines and corrections are read first,
 * everywhere: a reset or void that comes between shows a moment late, and no figure is ever below
 * zero.
 */

/** Counts as they are shown. */
export interface ShownCounts extends Counts {
  /**
   * When the reset was made that they count from, milliseconds since the epoch; undefined: all that
   * there ever was.
   */
  counted_since_ms?: number;
}

/** All counters as they are shown. @throws BrokenItem · BaselineIncomplete */
export async function readShownCounters(
  client: DynamoDBDocumentClient,
  tables: TableNames,
): Promise<Map<string, ShownCounts>> {
  return (await readAllShown(client, tables)).counters;
}

/**
 * The sum of all counters as they are shown, since the last reset of all policies. @throws as
 * {@link readShownCounters}
 */
export async function readShownTotals(
  client: DynamoDBDocumentClient,
  tables: TableNames,
): Promise<ShownCounts> {
  const { counters, ofAll } = await readAllShown(client, tables);
  return { ...trafficTotals(counters), ...(ofAll && { counted_since_ms: ofAll.at }) };
}

async function readAllShown(client: DynamoDBDocumentClient, tables: TableNames) {
  const taken = await readTaken({ client, tables });
  const { baselines } = taken;
  const whole = baselines.at(-1)?.covers.all
    ? await wholeFigures({ client, tables }, baselines.at(-1)!)
    : NONE;
  const counters: Map<string, ShownCounts> = await readCounters(client, tables);
  subtract(counters, { ...taken, whole });
  return { counters, ofAll: baselines.find(({ covers }) => covers.all) };
}

/**
 * The counters of some policies as they are shown: those that were counted. @throws as {@link
 * readShownCounters}, Throttled
 */
export async function readShownCountersOf(
  store: CounterStore & Retrying,
  ids: readonly string[],
): Promise<Map<string, ShownCounts>> {
  const taken = await readTaken(store);
  const counters: Map<string, ShownCounts> = await readCountersOf(store, ids);
  await subtractOf(store, counters, taken);
  return counters;
}

/**
 * The counted ids behind `after` with their counters as they are shown, see {@link
 * readCountersAfter}.
 */
export async function readShownCountersAfter(
  store: CounterStore,
  position: { after: string | undefined; limit: number },
): Promise<CountedPage> {
  const taken = await readTaken(store);
  const page = await readCountersAfter(store, position);
  await subtractOf(store, new Map(page.counted), taken);
  return page;
}

/** What is taken off counters. */
interface Taken {
  /** Newest first. */
  baselines: readonly Baseline[];
  corrections: readonly Correction[];
}

async function readTaken(store: CounterStore): Promise<Taken> {
  const [baselines, corrections] = await Promise.all([
    readBaselines(store.client, store.tables),
    readCorrections(store),
  ]);
  return { baselines, corrections };
}

const NONE: ReadonlyMap<string, BaselineCounts> = new Map();

/**
 * What the reset of all policies among the baselines found: everything, or what concerns some ids.
 */
async function wholeFigures(
  store: CounterStore,
  { chunks_id, figures }: Baseline,
  ids?: Iterable<string>,
): Promise<ReadonlyMap<string, BaselineCounts>> {
  if (figures.in === 'head') return figures.policies;
  if (ids) return readBaselineChunksOf(store, { chunks_id, ids });
  return readBaselineChunks(store, { chunks_id, chunks: figures.chunks });
}

async function subtractOf(
  store: CounterStore,
  counters: Map<string, ShownCounts>,
  taken: Taken,
): Promise<void> {
  const last = taken.baselines.at(-1);
  const whole = last?.covers.all ? await wholeFigures(store, last, counters.keys()) : NONE;
  subtract(counters, { ...taken, whole });
}

function subtract(
  counters: ReadonlyMap<string, ShownCounts>,
  { baselines, corrections, whole }: Taken & { whole: ReadonlyMap<string, BaselineCounts> },
): void {
  const single = new Map<string, { reset: Baseline; base: BaselineCounts }>();
  for (const reset of baselines) {
    const { covers, figures } = reset;
    if (covers.all || figures.in !== 'head' || single.has(covers.policy_id)) continue;
    single.set(covers.policy_id, { reset, base: figures.policies.get(covers.policy_id) ?? noCounts() });
  }
  const ofAll = baselines.find(({ covers }) => covers.all);
  for (const [policy_id, counts] of counters) {
    const newest = single.get(policy_id) ?? { reset: ofAll, base: whole.get(policy_id) };
    if (newest.base) takeOff(counts, newest.base);
    if (newest.reset) counts.counted_since_ms = newest.reset.at;
    if (corrections.length > 0) takeOff(counts, voidedOf(corrections, policy_id, newest.reset));
  }
}

function takeOff(counts: Counts, { packets, bytes, estimated_bytes }: BaselineCounts): void {
  counts.packets -= packets;
  counts.bytes -= bytes;
  counts.estimated_bytes -= estimated_bytes;
}
