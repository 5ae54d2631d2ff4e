import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { replaceAlarm } from '../../alarms/alarm-actions.ts';
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
import { hasMoved } from './has-moved.ts';
import { NEVER_MEASURED } from './never-measured.ts';
import { type PathAlarmKind, pathAlarmKind, pathProblem } from './path-alarm.ts';

type Storing = Pick<StoreContext, 'client' | 'tables' | 'clock'>;

const laneOfPathSchema = z.object({ edge_id: z.string(), part: z.number() });

/** The lane whose reports tell of a path: it has what was measured last. */
export type LaneOfPath = z.output<typeof laneOfPathSchema>;

/** What was measured last, with the lane that knows what was measured since. */
export const toldMetricsSchema = pathMetricsSchema.extend({ told_by: laneOfPathSchema.optional() });

export type ToldMetrics = z.output<typeof toldMetricsSchema>;

/** What the item of a path's metrics holds. Earlier releases kept neither `settled` nor `week`. */
const storedSchema = toldMetricsSchema.extend({
  measured_ms: z.number(),
  /** Which measurement it is: it settles once, however often it is told. */
  source: z.string().optional(),
  settled: settledScoreSchema.optional(),
  /** The alarm that there is about it; earlier releases had none. */
  alarm: z.enum(['PATH_FAILED', 'PATH_DEGRADED']).optional(),
  week: weekScoresSchema.default({}),
});

type Stored = z.output<typeof storedSchema>;

export interface NewMetrics {
  path_id: string;
  metrics: PathMetrics;
  /** Which measurement it is. */
  source?: string | undefined;
  told_by?: LaneOfPath | undefined;
}

/** A measurement that was kept. */
export interface Kept {
  /** With its settled score. */
  metrics: PathMetrics;
  /** The one before it, where there was one. */
  previous: PathMetrics | undefined;
  /** How the path was in the week before it; undefined: it is not known. */
  week: WeekSummary | undefined;
}

/** What a function that follows a path's measurements remembers between them. */
export interface Followed {
  /** What stands in the table, by its measurement. */
  stored_ms: number;
  last: Stored;
}

export interface FollowedMetrics extends Kept {
  followed: Followed;
  /** Whether it was stored. */
  stored: boolean;
}

/**
 * Keeps what was measured on a path and settles its score, unless something measured later is
 * there: then it answers undefined. A measurement of the same source as the one that is there
 * settles nothing again.
 */
export async function writePathMetrics(context: Storing, given: NewMetrics): Promise<Kept | undefined> {
  return keep(context, { ...given, isWorthStoring: () => true });
}

/**
 * The same for one who is told of each measurement: it is stored only where it says something new,
 * see `hasMoved`. Between, the score settles by what the caller remembers; another function that
 * takes over settles by what is stored.
 */
export function followPathMetrics(
  context: Storing,
  { known, ...given }: NewMetrics & { known: Followed | undefined },
): Promise<FollowedMetrics | undefined> {
  return keep(context, {
    ...given,
    known,
    isWorthStoring: (stored, item) =>
      !isSameLane(stored, item) || hasMoved(stored, item) || stored.alarm !== alarmOf(item),
  });
}

async function keep(
  context: Storing,
  {
    path_id,
    metrics,
    source,
    told_by,
    known,
    isWorthStoring,
  }: NewMetrics & {
    known?: Followed | undefined;
    isWorthStoring: (stored: Stored, item: Stored) => boolean;
  },
): Promise<FollowedMetrics | undefined> {
  const measured_ms = Date.parse(metrics.measured_at);
  for (;;) {
    const stored = await readStored(context, path_id);
    // What is remembered goes on from what stands there, unless another function has stored since.
    const before = stored && known?.stored_ms === stored.measured_ms ? known.last : stored;
    if (before && source !== undefined && before.source === source) {
      return {
        ...keptBefore(before),
        followed: { stored_ms: stored!.measured_ms, last: before },
        stored: false,
      };
    }
    if (before && before.measured_ms > measured_ms) return undefined;
    const { item, kept } = next({ stored, before }, { metrics, measured_ms });
    const sourced: Stored = {
      ...item,
      ...(source !== undefined && { source }),
      ...(told_by ? { told_by } : before?.told_by && { told_by: before.told_by }),
    };
    if (stored && !isWorthStoring(stored, sourced)) {
      return { ...kept, followed: { stored_ms: stored.measured_ms, last: sourced }, stored: false };
    }
    if (await putOver(context, { path_id, before: stored, item: sourced })) {
      return { ...kept, followed: { stored_ms: measured_ms, last: sourced }, stored: true };
    }
  }
}

const alarmOf = (item: Stored) => pathAlarmKind(settledScoreOf(toMetrics(item)));

function isSameLane({ told_by: a }: Stored, { told_by: b }: Stored): boolean {
  return a?.edge_id === b?.edge_id && a?.part === b?.part;
}

function keptBefore(before: Stored): Kept {
  const metrics = toMetrics(before);
  return { metrics, previous: metrics, week: summaryOf(before.week, before.measured_ms) };
}

function next(
  { stored, before }: { stored: Stored | undefined; before: Stored | undefined },
  { metrics, measured_ms }: { metrics: PathMetrics; measured_ms: number },
): { item: Stored; kept: Kept } {
  const settled = settle(before?.settled, healthScore(metrics));
  const week: WeekScores = stored
    ? addScore(stored.week, {
        score: settledScoreOf(toMetrics(stored)),
        from_ms: stored.measured_ms,
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
  { client, tables, clock }: Storing,
  { path_id, before, item }: { path_id: string; before: Stored | undefined; item: Stored },
): Promise<boolean> {
  const condition = before
    ? { expression: '#measured_ms = :before', values: { before: before.measured_ms } }
    : { expression: 'attribute_not_exists(#pk)' };
  const kind = alarmOf(item);
  const Item = { ...metricsKey(path_id), ...item, ...(kind && { alarm: kind }) };
  const put = { TableName: tables.traffic, Item, ...conditionOf(condition) };
  try {
    if (kind === before?.alarm) await client.send(new PutCommand(put));
    else {
      // What is stored says which alarm there is, so its condition makes the change of both happen once.
      const problem = (is: PathAlarmKind | undefined) => is && pathProblem(path_id, is, item.measured_ms);
      const change = { before: problem(before?.alarm), after: problem(kind) };
      const alarm = replaceAlarm(tables, change, { at_ms: clock(), job: 'ingest' });
      await client.send(new TransactWriteCommand({ TransactItems: [{ Put: put }, ...alarm] }));
    }
    return true;
  } catch (error) {
    if (classifyFailure(error).kind === 'condition') return false;
    throw error;
  }
}

/** The item of a path's metrics, for the cache; `NEVER_MEASURED` where there is none. */
export function pathMetricsSource(context: Storing, path_id: string): ItemSource<ToldMetrics> {
  return {
    address: { table: context.tables.traffic, key: metricsKey(path_id) },
    parse: item => (item ? parseItem(toldMetricsSchema, item) : NEVER_MEASURED),
    read: async () => (await readToldMetrics(context, path_id)) ?? NEVER_MEASURED,
  };
}

/** What is stored of a path; undefined when nothing was ever measured. */
export async function readPathMetrics(context: Storing, path_id: string): Promise<PathMetrics | undefined> {
  const stored = await readStored(context, path_id);
  return stored && toMetrics(stored);
}

/** The same with the lane that knows what was measured since. */
export async function readToldMetrics(context: Storing, path_id: string): Promise<ToldMetrics | undefined> {
  const stored = await readStored(context, path_id);
  return stored && { ...toMetrics(stored), ...(stored.told_by && { told_by: stored.told_by }) };
}

/** How a path was in the week before `now_ms`; undefined: it is not known. */
export async function readWeek(
  context: Storing,
  { path_id, now_ms }: { path_id: string; now_ms: number },
): Promise<WeekSummary | undefined> {
  const stored = await readStored(context, path_id);
  if (!stored) return undefined;
  const score = settledScoreOf(toMetrics(stored));
  const week = addScore(stored.week, { score, from_ms: stored.measured_ms, to_ms: now_ms });
  return summaryOf(week, now_ms);
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
  told_by: _told_by,
  alarm: _alarm,
  ...metrics
}: Stored): PathMetrics {
  return metrics;
}
