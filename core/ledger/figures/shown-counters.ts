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
 * Counters as they are shown: without the newest baseline that covers the policy and was not
 * undone, and without what voided boots have counted since. Every reader reads baselines and
 * corrections before the counters. A reset or void in between is then shown a moment late, and a
 * figure is never below zero.
 */

/** Counts as they are shown. */
export interface ShownCounts extends Counts {
  /**
   * Time of the reset that they count from, milliseconds since the epoch; undefined: from the
   * beginning.
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
 * The sum of all counters as they are shown, since the last reset of all policies.
 * @throws as {@link readShownCounters}
 */
export async function readShownTotals(
  client: DynamoDBDocumentClient,
  tables: TableNames,
): Promise<ShownCounts> {
  const { counters, ofAll } = await readAllShown(client, tables);
  return { ...trafficTotals(counters), ...(ofAll && { counted_since_ms: ofAll.at }) };
}

async function readAllShown(client: DynamoDBDocumentClient, tables: TableNames) {
  const subtrahends = await readSubtrahends({ client, tables });
  const { baselines } = subtrahends;
  const whole = baselines.at(-1)?.covers.all
    ? await wholeFigures({ client, tables }, baselines.at(-1)!)
    : NONE;
  const counters: Map<string, ShownCounts> = await readCounters(client, tables);
  subtract(counters, { ...subtrahends, whole });
  return { counters, ofAll: baselines.find(({ covers }) => covers.all) };
}

/**
 * The counters of some policies as they are shown; those without counts are left out.
 * @throws as {@link readShownCounters}, Throttled
 */
export async function readShownCountersOf(
  store: CounterStore & Retrying,
  ids: readonly string[],
): Promise<Map<string, ShownCounts>> {
  const subtrahends = await readSubtrahends(store);
  const counters: Map<string, ShownCounts> = await readCountersOf(store, ids);
  await subtractFrom(store, counters, subtrahends);
  return counters;
}

/**
 * The counted ids above `after` with their counters as they are shown, see {@link
 * readCountersAfter}.
 */
export async function readShownCountersAfter(
  store: CounterStore,
  position: { after: string | undefined; limit: number },
): Promise<CountedPage> {
  const subtrahends = await readSubtrahends(store);
  const page = await readCountersAfter(store, position);
  await subtractFrom(store, new Map(page.counted), subtrahends);
  return page;
}

/** What is subtracted from counters. */
interface Subtrahends {
  /** From the newest to the oldest. */
  baselines: readonly Baseline[];
  corrections: readonly Correction[];
}

async function readSubtrahends(store: CounterStore): Promise<Subtrahends> {
  const [baselines, corrections] = await Promise.all([
    readBaselines(store.client, store.tables),
    readCorrections(store),
  ]);
  return { baselines, corrections };
}

const NONE: ReadonlyMap<string, BaselineCounts> = new Map();

/** The counts that the reset of all policies found: all, or those of some ids. */
async function wholeFigures(
  store: CounterStore,
  { chunks_id, figures }: Baseline,
  ids?: Iterable<string>,
): Promise<ReadonlyMap<string, BaselineCounts>> {
  if (figures.in === 'head') return figures.policies;
  if (ids) return readBaselineChunksOf(store, { chunks_id, ids });
  return readBaselineChunks(store, { chunks_id, chunks: figures.chunks });
}

async function subtractFrom(
  store: CounterStore,
  counters: Map<string, ShownCounts>,
  subtrahends: Subtrahends,
): Promise<void> {
  const last = subtrahends.baselines.at(-1);
  const whole = last?.covers.all ? await wholeFigures(store, last, counters.keys()) : NONE;
  subtract(counters, { ...subtrahends, whole });
}

function subtract(
  counters: ReadonlyMap<string, ShownCounts>,
  { baselines, corrections, whole }: Subtrahends & { whole: ReadonlyMap<string, BaselineCounts> },
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
    if (newest.base) subtractCounts(counts, newest.base);
    if (newest.reset) counts.counted_since_ms = newest.reset.at;
    if (corrections.length > 0) subtractCounts(counts, voidedOf(corrections, policy_id, newest.reset));
  }
}

function subtractCounts(counts: Counts, { packets, bytes, estimated_bytes }: BaselineCounts): void {
  counts.packets -= packets;
  counts.bytes -= bytes;
  counts.estimated_bytes -= estimated_bytes;
}
