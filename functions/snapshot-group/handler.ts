import type { Context } from 'aws-lambda';
import { groupRequestSchema } from '../../core/history/groups/group-request.ts';
import { readGroupOnce } from '../../core/history/groups/group-workers.ts';
import { retentionOf } from '../../core/history/retention-settings.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { beginLog, logger } from '../logger.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';

const environment = environmentSchema.parse(process.env);
const retention = retentionOf(environment);
const client = makeDocumentClient();
const tables = tablesOf(environment);

/** Reads one group of lanes for the snapshot of a minute. A repeated call does not read again. */
async function handle(event: unknown, lambda: Context): Promise<{ read: boolean }> {
  beginLog(lambda);
  const request = groupRequestSchema.parse(event);
  const options = {
    store: { client, table: tables.traffic },
    retention,
    clock: systemClock,
    sleep: systemSleep,
    deadline: systemClock() + lambda.getRemainingTimeInMillis(),
  };
  const read = await readGroupOnce(options, request);
  logger.info('Read a group of lanes.', { group: request.group, read });
  return { read };
}

export const handler = untilAnswered(handle);
