import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Retrying } from '../../storage/retrying.ts';
import type { TableNames } from '../../storage/tables.ts';
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
} from './read-counters.ts';

/*
 * Counters as they are shown: less the newest baseline that covers the policy and was not undone. The baselines are read first,
 * everywhere: a reset that comes between shows a moment late, and no figure is ever below zero.
 */

/** All counters as they are shown. @throws BrokenItem · BaselineIncomplete */
export async function readShownCounters(
  client: DynamoDBDocumentClient,
  tables: TableNames,
): Promise<Map<string, Counts>> {
  const baselines = await readBaselines(client, tables);
  const whole = baselines.at(-1)?.covers.all
    ? await wholeFigures({ client, tables }, baselines.at(-1)!)
    : NONE;
  const counters = await readCounters(client, tables);
  subtract(counters, { baselines, whole });
  return counters;
}

/** The counters of some policies as they are shown: those that were counted. @throws as {@link readShownCounters}, Throttled */
export async function readShownCountersOf(
  store: CounterStore & Retrying,
  ids: readonly string[],
): Promise<Map<string, Counts>> {
  const baselines = await readBaselines(store.client, store.tables);
  const counters = await readCountersOf(store, ids);
  await subtractOf(store, counters, baselines);
  return counters;
}

/** The counted ids behind `after` with their counters as they are shown, see {@link readCountersAfter}. */
export async function readShownCountersAfter(
  store: CounterStore,
  position: { after: string | undefined; limit: number },
): Promise<CountedPage> {
  const baselines = await readBaselines(store.client, store.tables);
  const page = await readCountersAfter(store, position);
  await subtractOf(store, new Map(page.counted), baselines);
  return page;
}

const NONE: ReadonlyMap<string, BaselineCounts> = new Map();

/** What the reset of all policies among the baselines found: everything, or what concerns some ids. */
async function wholeFigures(
  store: CounterStore,
  { audit_id, figures }: Baseline,
  ids?: Iterable<string>,
): Promise<ReadonlyMap<string, BaselineCounts>> {
  if (figures.in === 'head') return figures.policies;
  const { chunks, chunks_id = audit_id } = figures;
  if (ids) return readBaselineChunksOf(store, { chunks_id, ids });
  return readBaselineChunks(store, { chunks_id, chunks });
}

async function subtractOf(
  store: CounterStore,
  counters: Map<string, Counts>,
  baselines: readonly Baseline[],
): Promise<void> {
  const last = baselines.at(-1);
  const whole = last?.covers.all ? await wholeFigures(store, last, counters.keys()) : NONE;
  subtract(counters, { baselines, whole });
}

function subtract(
  counters: ReadonlyMap<string, Counts>,
  { baselines, whole }: { baselines: readonly Baseline[]; whole: ReadonlyMap<string, BaselineCounts> },
): void {
  const single = new Map<string, BaselineCounts>();
  for (const { covers, figures } of baselines) {
    if (covers.all || figures.in !== 'head' || single.has(covers.policy_id)) continue;
    single.set(covers.policy_id, figures.policies.get(covers.policy_id) ?? noCounts());
  }
  for (const [policy_id, counts] of counters) {
    const base = single.get(policy_id) ?? whole.get(policy_id);
    if (!base) continue;
    counts.packets -= base.packets;
    counts.bytes -= base.bytes;
    counts.estimated_bytes -= base.estimated_bytes;
  }
}
