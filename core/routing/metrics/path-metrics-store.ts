import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { replaceAlarm } from '../../alarms/alarm-actions.ts';
import type { ItemSource } from '../../cache/cache.ts';
import { readItems } from '../../storage/batch-get.ts';
import { classifyFailure } from '../../storage/failure.ts';
import { keyText } from '../../storage/item.ts';
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
import { figuresMoved, hasMoved } from './has-moved.ts';
import { NEVER_MEASURED } from './never-measured.ts';
import { alarmAfter, type PathAlarmKind, pathAlarmStateSchema, pathProblem } from './path-alarm.ts';

type Storing = Pick<StoreContext, 'client' | 'tables' | 'clock'>;

const laneOfPathSchema = z.object({ edge_id: z.string(), part: z.number() });

/** The lane that receives the measurements of a path, and so has the last one. */
export type LaneOfPath = z.output<typeof laneOfPathSchema>;

/** A stored measurement, with the lane that has later ones. */
export const metricsWithLaneSchema = pathMetricsSchema.extend({ told_by: laneOfPathSchema.optional() });

export type MetricsWithLane = z.output<typeof metricsWithLaneSchema>;

/** The item of a path's metrics. Earlier releases stored neither `settled` nor `week`. */
const storedSchema = metricsWithLaneSchema.extend({
  measured_ms: z.number(),
  /** Identifies the measurement, so that it settles once, however often it is reported. */
  source: z.string().optional(),
  settled: settledScoreSchema.optional(),
  ...pathAlarmStateSchema.shape,
  week: weekScoresSchema.default({}),
});

type Stored = z.output<typeof storedSchema>;

export interface NewMetrics {
  path_id: string;
  metrics: PathMetrics;
  /** Identifies the measurement. */
  source?: string | undefined;
  told_by?: LaneOfPath | undefined;
}

/** A measurement that was accepted. */
export interface Kept {
  /** With its settled score. */
  metrics: PathMetrics;
  /**
   * Set when it was stored and differs clearly from the one stored before; `from` is undefined for
   * a path's first measurement.
   */
  moved?: { from: PathMetrics | undefined };
  /** The measurement before it, if there was one. */
  previous: PathMetrics | undefined;
  /** The path's scores in the week before it; undefined: not known. */
  week: WeekSummary | undefined;
}

/** What a function remembers of a path between its measurements. */
export interface Followed {
  /** The stored item when it was read or written. */
  stored: Stored;
  read_ms: number;
  /** The last measurement, stored or not. */
  last: Stored;
}

export interface FollowedMetrics extends Kept {
  followed: Followed;
  /**
   * Whether it must be put into the cache: it moved, or another lane receives it now. A steady path
   * is stored without that.
   */
  mustCache: boolean;
}

/**
 * Stores a measurement of a path and settles its score. Returns undefined when a later measurement
 * is stored. A measurement with the same source as the stored one does not settle again.
 */
export async function writePathMetrics(context: Storing, given: NewMetrics): Promise<Kept | undefined> {
  return keep(context, { ...given, isWorthStoring: () => true });
}

/** How long a function relies on what it remembers of a steady path. */
const REMEMBERED_MS = 300_000;

/**
 * The same for a caller that gets every measurement of the path. A measurement is stored if it has
 * moved, see `hasMoved`, or after ten minutes. In between the score settles by what the caller
 * remembers, and nothing is read for five minutes. Another function that takes over settles by the
 * stored item.
 */
export async function followPathMetrics(
  context: Storing,
  { known, ...given }: NewMetrics & { known: Followed | undefined },
): Promise<FollowedMetrics | undefined> {
  const measured_ms = Date.parse(given.metrics.measured_at);
  const age_ms = known ? context.clock() - known.read_ms : Number.POSITIVE_INFINITY;
  if (known && age_ms >= 0 && age_ms < REMEMBERED_MS && known.last.measured_ms < measured_ms) {
    const { item, kept } = nextOf(given, { stored: known.stored, before: known.last });
    const { stored } = known;
    if (!isWorthStoring(stored, item))
      return { ...kept, followed: { ...known, last: item }, mustCache: false };
  }
  return keep(context, { ...given, known, isWorthStoring });
}

function isWorthStoring(stored: Stored, item: Stored): boolean {
  return !isSameLane(stored, item) || hasMoved(stored, item) || stored.alarm !== item.alarm;
}

async function keep(
  context: Storing,
  {
    known,
    isWorthStoring,
    ...given
  }: NewMetrics & {
    known?: Followed | undefined;
    isWorthStoring: (stored: Stored, item: Stored) => boolean;
  },
): Promise<FollowedMetrics | undefined> {
  const { path_id, metrics, source } = given;
  const measured_ms = Date.parse(metrics.measured_at);
  for (;;) {
    const read_ms = context.clock();
    const stored = await readStored(context, path_id);
    // What is remembered counts if the stored item is the same, so no other function stored one
    // since.
    const before = stored && known?.stored.measured_ms === stored.measured_ms ? known.last : stored;
    if (stored && before && source !== undefined && before.source === source) {
      return { ...keptBefore(before), followed: { stored, read_ms, last: before }, mustCache: false };
    }
    if (before && before.measured_ms > measured_ms) return undefined;
    const { item, kept } = nextOf(given, { stored, before });
    if (stored && !isWorthStoring(stored, item)) {
      return { ...kept, followed: { stored, read_ms, last: item }, mustCache: false };
    }
    if (await putOver(context, { path_id, before: stored, item })) {
      const moved = !stored || figuresMoved(stored, item);
      return {
        ...kept,
        ...(moved && { moved: { from: stored && toMetrics(stored) } }),
        followed: { stored: item, read_ms, last: item },
        mustCache: moved || !isSameLane(stored, item),
      };
    }
  }
}

/** The item for a measurement, from the stored item and the measurement before it. */
function nextOf(
  { metrics, source, told_by }: NewMetrics,
  { stored, before }: { stored: Stored | undefined; before: Stored | undefined },
): { item: Stored; kept: Kept } {
  const measured_ms = Date.parse(metrics.measured_at);
  const { item, kept } = next({ stored, before }, { metrics, measured_ms });
  // The stored alarm counts: a path that is no longer measured loses it without a measurement.
  const alarm = alarmAfter(
    { alarm: stored?.alarm, better_since: before?.better_since },
    { settled_score: settledScoreOf(item), at_ms: measured_ms },
  );
  return {
    kept,
    item: {
      ...item,
      ...alarm,
      ...(source !== undefined && { source }),
      ...(told_by ? { told_by } : before?.told_by && { told_by: before.told_by }),
    },
  };
}

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

/** Returns false when another writer was faster. */
async function putOver(
  { client, tables, clock }: Storing,
  { path_id, before, item }: { path_id: string; before: Stored | undefined; item: Stored },
): Promise<boolean> {
  const condition = before
    ? { expression: '#measured_ms = :before', values: { before: before.measured_ms } }
    : { expression: 'attribute_not_exists(#pk)' };
  const Item = { ...metricsKey(path_id), ...item };
  const put = { TableName: tables.traffic, Item, ...conditionOf(condition) };
  try {
    if (item.alarm === before?.alarm) await client.send(new PutCommand(put));
    else {
      // The item names the alarm that exists, so its condition lets both change once.
      const problem = (is: PathAlarmKind | undefined) => is && pathProblem(path_id, is, item.measured_ms);
      const change = { before: problem(before?.alarm), after: problem(item.alarm) };
      const alarm = replaceAlarm(tables, change, { at_ms: clock(), job: 'ingest' });
      await client.send(new TransactWriteCommand({ TransactItems: [{ Put: put }, ...alarm] }));
    }
    return true;
  } catch (error) {
    if (classifyFailure(error).kind === 'condition') return false;
    throw error;
  }
}

/** The item of a path's metrics as a source of the cache; `NEVER_MEASURED` if there is none. */
export function pathMetricsSource(context: Storing, path_id: string): ItemSource<MetricsWithLane> {
  return {
    address: { table: context.tables.traffic, key: metricsKey(path_id) },
    parse: item => (item ? parseItem(metricsWithLaneSchema, item) : NEVER_MEASURED),
    read: async () => (await readMetricsWithLane(context, path_id)) ?? NEVER_MEASURED,
  };
}

/**
 * The stored measurement of a path, with the lane that has later ones; undefined when it was not
 * measured yet.
 */
export async function readMetricsWithLane(
  context: Storing,
  path_id: string,
): Promise<MetricsWithLane | undefined> {
  const stored = await readStored(context, path_id);
  return stored && { ...toMetrics(stored), ...(stored.told_by && { told_by: stored.told_by }) };
}

/** A path's scores in the week before `now_ms`; undefined: not known. */
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

/**
 * The stored measurements of many paths with their lanes, by path id, eventually consistent.
 * Undefined: the path was not measured yet.
 *
 * @throws Throttled at the deadline
 */
export async function readManyMetricsWithLanes(
  context: StoreContext,
  pathIds: readonly string[],
): Promise<Map<string, MetricsWithLane | undefined>> {
  const store = { ...context, table: context.tables.traffic, eventually: true };
  const items = await readItems(pathIds.map(metricsKey), store);
  return new Map(
    pathIds.map(id => {
      const item = items.get(keyText(metricsKey(id)));
      return [id, item && parseItem(metricsWithLaneSchema, item)];
    }),
  );
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
  better_since: _better_since,
  ...metrics
}: Stored): PathMetrics {
  return metrics;
}
