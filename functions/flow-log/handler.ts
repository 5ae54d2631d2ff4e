import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { flowObjects } from '../../core/flows/flow-objects.ts';
import { type FlowLogResult, runFlowLog } from '../../core/flows/run-flow-log.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { makeS3Client } from '../../core/storage/s3-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock } from '../../core/time/clock.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

/** Time kept back for the merge that is under way. */
const MERGE_MS = 60_000;
/** By so much the clocks of two containers may differ. */
const SKEW_MS = 5000;

const environment = environmentSchema.parse(process.env);
const logger = new Logger();
const client = makeDocumentClient();
const { traffic: table } = tablesOf(environment);
const objects = flowObjects(makeS3Client(), environment.FLOW_BUCKET);

/**
 * Runs each five minutes. Called twice at once, one of both has nothing to do.
 *
 * @throws AggregateError of the hours that could not be dealt with, so that the function's error alarm rings
 */
async function handle(_event: unknown, lambda: Context): Promise<FlowLogResult> {
  logger.addContext(lambda);
  const ends = systemClock() + lambda.getRemainingTimeInMillis();
  const result = await runFlowLog({
    objects,
    client,
    table,
    clock: systemClock,
    work_until: ends - MERGE_MS,
    lease_until_ms: ends + SKEW_MS,
    owner: lambda.awsRequestId,
    ttl_hours: environment.FLOW_LOG_TTL_HOURS,
  });
  logger.info('Worked on the flow log.', { ...result });
  return result;
}

export const handler = untilAnswered(handle);
