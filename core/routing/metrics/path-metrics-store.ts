import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemSource } from '../../cache/cache.ts';
import { classifyFailure } from '../../storage/failure.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { healthScore } from '../health/health-score.ts';
import { type PathMetrics, pathMetricsSchema } from '../health/path-metrics.ts';
import { settle, settledScoreOf, settledScoreSchema } from '../health/settled-score.ts';
import {
  addScore,
  summaryOf,
  type WeekScores,
  type WeekSummary,
  weekScoresSchema,
} from '../health/week-scores.ts';
import { metricsKey } from '../path-keys.ts';
import { NEVER_MEASURED } from './metrics-cache.ts';

type Storing = Pick<StoreContext, 'client' | 'tables'>;

/** What the item of a path's metrics holds. Earlier releases kept neither `settled` nor `week`. */
const storedSchema = pathMetricsSchema.extend({
  measured_ms: z.number(),
  /** Which measurement it is: it settles once, however often it is told. */
  source: z.string().optional(),
  settled: settledScoreSchema.optional(),
  week: weekScoresSchema.default({}),
});

type Stored = z.output<typeof storedSchema>;

/** A measurement that was kept. */
export interface Kept {
  /** With its settled score. */
  metrics: PathMetrics;
  /** The one before it, where there was one. */
  previous: PathMetrics | undefined;
  /** How the path was in the week before it; undefined: it is not known. */
  week: WeekSummary | undefined;
}

/**
 * Keeps what was measured on a path and settles its score, unless something measured later is
 * there: then it answers undefined. A measurement of the same source as the one that is there
 * settles nothing again.
 */
export async function writePathMetrics(
  context: Storing,
  { path_id, metrics, source }: { path_id: string; metrics: PathMetrics; source?: string | undefined },
): Promise<Kept | undefined> {
  const measured_ms = Date.parse(metrics.measured_at);
  for (;;) {
    const before = await readStored(context, path_id);
    if (before && source !== undefined && before.source === source) return keptBefore(before);
    if (before && before.measured_ms > measured_ms) return undefined;
    const { item, kept } = next(before, { metrics, measured_ms });
    const sourced = { ...item, ...(source !== undefined && { source }) };
    if (await putOver(context, { path_id, before, item: sourced })) return kept;
  }
}

function keptBefore(before: Stored): Kept {
  const metrics = toMetrics(before);
  return { metrics, previous: metrics, week: summaryOf(before.week, before.measured_ms) };
}

function next(
  before: Stored | undefined,
  { metrics, measured_ms }: { metrics: PathMetrics; measured_ms: number },
): { item: Stored; kept: Kept } {
  const settled = settle(before?.settled, healthScore(metrics));
  const week: WeekScores = before
    ? addScore(before.week, {
        score: settledScoreOf(toMetrics(before)),
        from_ms: before.measured_ms,
        to_ms: measured_ms,
      })
    : {};
  const kept = {
    metrics: { ...metrics, settled_score: settled.score },
    previous: before && toMetrics(before),
    week: summaryOf(week, measured_ms),
  };
  return { item: { ...kept.metrics, measured_ms, settled, week }, kept };
}

/** Answers false when another writer was faster. */
async function putOver(
  { client, tables }: Storing,
  { path_id, before, item }: { path_id: string; before: Stored | undefined; item: Stored },
): Promise<boolean> {
  const condition = before
    ? { expression: '#measured_ms = :before', values: { before: before.measured_ms } }
    : { expression: 'attribute_not_exists(#pk)' };
  try {
    await client.send(
      new PutCommand({
        TableName: tables.traffic,
        Item: { ...metricsKey(path_id), ...item },
        ...conditionOf(condition),
      }),
    );
    return true;
  } catch (error) {
    if (classifyFailure(error).kind === 'condition') return false;
    throw error;
  }
}

/** The item of a path's metrics, for the cache; `NEVER_MEASURED` where there is none. */
export function pathMetricsSource(context: Storing, path_id: string): ItemSource<PathMetrics> {
  return {
    address: { table: context.tables.traffic, key: metricsKey(path_id) },
    parse: item => (item ? parseItem(pathMetricsSchema, item) : NEVER_MEASURED),
    read: async () => (await readPathMetrics(context, path_id)) ?? NEVER_MEASURED,
  };
}

/** What was measured on a path last; undefined when nothing ever was. */
export async function readPathMetrics(context: Storing, path_id: string): Promise<PathMetrics | undefined> {
  const stored = await readStored(context, path_id);
  return stored && toMetrics(stored);
}

/** How a path was in the week before `now_ms`; undefined: it is not known. */
export async function readWeek(
  context: Storing,
  { path_id, now_ms }: { path_id: string; now_ms: number },
): Promise<WeekSummary | undefined> {
  const stored = await readStored(context, path_id);
  return stored && summaryOf(stored.week, now_ms);
}

async function readStored({ client, tables }: Storing, path_id: string): Promise<Stored | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tables.traffic, Key: metricsKey(path_id), ConsistentRead: true }),
  );
  return Item && parseItem(storedSchema, Item);
}

function toMetrics({
  measured_ms: _,
  source: _source,
  settled: _settled,
  week: _week,
  ...metrics
}: Stored): PathMetrics {
  return metrics;
}
