import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { lambdaWorkers, makeWorkerClient } from '../../core/history/groups/lambda-workers.ts';
import { retentionOf } from '../../core/history/retention-settings.ts';
import { type PreviousTotals, type SnapshotResult, takeSnapshot } from '../../core/history/snapshot.ts';
import { readServedEdges } from '../../core/inventory/edges/read-edges.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { beginLog, logger } from '../logger.ts';
import { countMetrics } from '../metrics.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

const environment = environmentSchema.parse(process.env);
const retention = retentionOf(environment);
const client = makeDocumentClient();
const tables = tablesOf(environment);
const workers = makeWorkerClient();
const previous: PreviousTotals = { taken_at: 0, fingerprints: new Map() };

/** Share of the time for reading; the rest is for the samples of policies and of a new hour. */
const SHARE_FOR_READING = 0.6;

/** The schedule passes the time that it fired for. A late or repeated call has the same time. */
const eventSchema = z.object({ scheduled_at: z.iso.datetime({ offset: true }) });

/**
 * Runs every minute. A second call for the same minute changes nothing; after a failure, the
 * schedule calls it again.
 */
async function handle(event: unknown, lambda: Context): Promise<SnapshotResult> {
  beginLog(lambda);
  const { scheduled_at } = eventSchema.parse(event);
  const begun = systemClock();
  const remaining = lambda.getRemainingTimeInMillis();
  // Runs concurrently with the reading of the lanes, which other functions do in a large network.
  const registered = readServedEdges({
    client,
    tables,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: begun + remaining / 2,
  });
  registered.catch(() => {});
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
    workers: lambdaWorkers({
      client: workers,
      FunctionName: environment.SNAPSHOT_GROUP_FUNCTION,
      clock: systemClock,
      deadline: begun + remaining * SHARE_FOR_READING,
      onFailure: ({ group }, cause) =>
        logger.error('A group of lanes was not read.', { group, cause: String(cause) }),
    }),
    lanes_a_group: environment.LANES_A_GROUP,
  });
  logger.info('Snapshot is done.', { ...result });
  if (result.taken) {
    countMetrics('snapshot', {
      LanesUnreadable: result.bad_lanes,
      EdgesExpected: result.edges_expected,
      EdgesSilent: result.edges_silent,
      PacketsCounted: result.packets_counted,
      BytesCounted: result.bytes_counted,
    });
  }
  return result;
}

export const handler = untilAnswered(handle);
