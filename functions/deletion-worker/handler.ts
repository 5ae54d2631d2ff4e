import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { continueHandedOver } from '../../core/inventory/removal/continue-handed-over.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { beginLog, logger } from '../logger.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

/** Time reserved for calls in progress. */
const MARGIN_MS = 15_000;
/**
 * After this time it hands the rest over to another invocation, so that other operations in the
 * same shard of the stream don't wait.
 */
const WORK_MS = 60_000;

const environment = environmentSchema.parse(process.env);
const client = makeDocumentClient();
const tables = tablesOf(environment);

/**
 * Continues deletions, restores and removals that a request had no time to finish, all of a batch
 * concurrently.
 */
async function handle(event: DynamoDBStreamEvent, lambda: Context): Promise<DynamoDBBatchResponse> {
  beginLog(lambda);
  const results = await Promise.allSettled(event.Records.map(record => work(record, lambda)));
  const failed = event.Records.filter((_, index) => results[index]?.status === 'rejected');
  return {
    batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })),
  };
}

export const handler = untilAnswered(handle);

async function work({ dynamodb }: DynamoDBRecord, lambda: Context): Promise<void> {
  const key = { pk: dynamodb?.Keys?.pk?.S ?? '', sk: dynamodb?.Keys?.sk?.S ?? '' };
  const now = systemClock();
  // The records of a batch belong to different requests and are processed concurrently.
  const correlation_id = dynamodb?.NewImage?.actor?.M?.request_id?.S;
  const details = { key, ...(correlation_id !== undefined && { correlation_id }) };
  const deadline = now + lambda.getRemainingTimeInMillis() - MARGIN_MS;
  const context = { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random, deadline };
  try {
    const outcome = await continueHandedOver(context, key, Math.min(deadline, now + WORK_MS));
    logger.info(`Took an operation over: ${outcome}.`, details);
  } catch (cause) {
    logger.error('An operation could not be continued; it will be retried.', { ...details, cause });
    throw cause;
  }
}
