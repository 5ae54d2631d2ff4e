import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { makeDispatchClient } from '../../core/export/lambda-dispatcher.ts';
import type { FlowLogResult } from '../../core/flows/flow-log-run.ts';
import { flowObjects } from '../../core/flows/flow-objects.ts';
import { hourSliceSchema } from '../../core/flows/hour-slices.ts';
import { lambdaSliceRuns } from '../../core/flows/lambda-slice-runs.ts';
import { runFlowLog } from '../../core/flows/run-flow-log.ts';
import { runSlice, type SliceResult } from '../../core/flows/run-slice.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { makeS3Client } from '../../core/storage/s3-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock } from '../../core/time/clock.ts';
import { beginLog, logger } from '../logger.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

/** Time reserved for the merge in progress. */
const MERGE_MS = 60_000;
/** Assumed maximum difference between the clocks of two containers. */
const SKEW_MS = 5000;
const MB = 1024 ** 2;

const environment = environmentSchema.parse(process.env);
const client = makeDocumentClient();
const { traffic: table } = tablesOf(environment);
const objects = flowObjects(makeS3Client(), environment.FLOW_BUCKET);

const lambdaClient = makeDispatchClient();

/** The event of the schedule, or of a run that found a large hour. */
const eventSchema = z.object({ slice_of: hourSliceSchema.optional() });

/**
 * Runs every five minutes, and additionally for slices of large hours. Of two concurrent calls for
 * the same work, one does nothing.
 *
 * @throws AggregateError of the hours that failed, so that the alarm on the function's errors fires
 */
async function handle(event: unknown, lambda: Context): Promise<FlowLogResult | SliceResult> {
  beginLog(lambda);
  const { slice_of } = eventSchema.parse(event);
  const ends = systemClock() + lambda.getRemainingTimeInMillis();
  const run = {
    objects,
    client,
    table,
    clock: systemClock,
    work_until: ends - MERGE_MS,
    lease_until_ms: ends + SKEW_MS,
    owner: lambda.awsRequestId,
    ttl_hours: environment.FLOW_LOG_TTL_HOURS,
  };
  const slices = {
    ...lambdaSliceRuns(lambdaClient, lambda.functionName),
    from_bytes: environment.FLOW_LOG_LARGE_HOUR_MB * MB,
  };
  const result = slice_of ? await runSlice(run, slice_of) : await runFlowLog({ ...run, slices });
  logger.info('Worked on the flow log.', { ...slice_of, ...result });
  return result;
}

export const handler = untilAnswered(handle);
