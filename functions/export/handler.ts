import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { answersReader } from '../../core/export/answers-reader.ts';
import { exportFiles } from '../../core/export/export-files.ts';
import { lambdaDispatcher, makeDispatchClient } from '../../core/export/lambda-dispatcher.ts';
import { type RunOutcome, runExport } from '../../core/export/run-export.ts';
import { flowObjects } from '../../core/flows/flow-objects.ts';
import { retentionOf } from '../../core/history/retention-settings.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { makeS3Client } from '../../core/storage/s3-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { beginLog, logger } from '../logger.ts';
import { countMetrics } from '../metrics.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

/** Time reserved to hand over: the part in progress, the remaining rows, the checkpoint. */
const HAND_OVER_MS = 60_000;
/** Time reserved to release the export after a failure. */
const MARGIN_MS = 10_000;
/** Assumed maximum difference between the clocks of two containers. */
const SKEW_MS = 5000;

const environment = environmentSchema.parse(process.env);
const s3 = makeS3Client();
const kept = {
  retention: retentionOf(environment),
  flow_log_ttl_hours: environment.FLOW_LOG_TTL_HOURS,
  flow_objects: flowObjects(s3, environment.FLOW_BUCKET),
};
const client = makeDocumentClient();
const tables = tablesOf(environment);
const files = exportFiles(s3, environment.EXPORT_BUCKET);
const dispatcher = lambdaDispatcher(makeDispatchClient(), environment.AWS_LAMBDA_FUNCTION_NAME);

const eventSchema = z.object({ export_id: z.string() });

/**
 * Writes an export to the bucket as far as its time allows, and calls itself for the rest. If it is
 * called twice, or again after a failure, no row is written twice.
 */
async function handle(event: unknown, lambda: Context): Promise<{ outcome: RunOutcome }> {
  beginLog(lambda);
  const { export_id } = eventSchema.parse(event);
  const ends = systemClock() + lambda.getRemainingTimeInMillis();
  const times = {
    deadline: ends - MARGIN_MS,
    work_until: ends - HAND_OVER_MS,
    lease_until_ms: ends + SKEW_MS,
  };
  const context = { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random, ...times };
  const outcome = await runExport(
    {
      ...{ ...context, files, dispatcher },
      onTaken: ({ owner }) => beginLog(lambda, owner.request_id ?? undefined),
      reader: ({ started_ms, owner }) =>
        answersReader({ context, ...kept }, { started_ms, owner, work_until: context.work_until }),
    },
    export_id,
  );
  logger.info(`Worked on an export: ${outcome}.`, { export_id });
  if (outcome === 'failed') countMetrics('export', { ExportsFailed: 1 });
  return { outcome };
}

export const handler = untilAnswered(handle);
