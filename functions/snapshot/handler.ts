import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { retentionOf } from '../../core/history/retention-settings.ts';
import { type PreviousTotals, type SnapshotResult, takeSnapshot } from '../../core/history/snapshot.ts';
import { readServedEdges } from '../../core/inventory/edges/read-edges.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

const environment = environmentSchema.parse(process.env);
const retention = retentionOf(environment);
const logger = new Logger();
const metrics = new Metrics();
const client = makeDocumentClient();
const tables = tablesOf(environment);
const previous: PreviousTotals = { taken_at: 0, fingerprints: new Map() };

/** The schedule passes the instant that it fired for, which a late or repeated call keeps. */
const eventSchema = z.object({ scheduled_at: z.iso.datetime({ offset: true }) });

/** Runs each minute. Called twice for one minute it changes nothing; failing, it is called again by the schedule. */
async function handle(event: unknown, lambda: Context): Promise<SnapshotResult> {
  logger.addContext(lambda);
  const { scheduled_at } = eventSchema.parse(event);
  const begun = systemClock();
  const remaining = lambda.getRemainingTimeInMillis();
  const registered = await readServedEdges({
    client,
    tables,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: begun + remaining / 2,
  });
  const result = await takeSnapshot({
    store: { client, table: tables.traffic },
    scheduled_at: Date.parse(scheduled_at),
    registered,
    retention,
    silent_after_s: environment.SILENT_AFTER_S,
    clock: systemClock,
    sleep: systemSleep,
    deadline: begun + remaining,
    previous,
  });
  logger.info('Snapshot is done.', { ...result });
  metrics.addMetric('LanesSampled', MetricUnit.Count, result.lanes);
  metrics.addMetric('LanesUnreadable', MetricUnit.Count, result.bad_lanes);
  metrics.publishStoredMetrics();
  return result;
}

export const handler = untilAnswered(handle);
