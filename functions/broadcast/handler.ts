import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { systemClock, systemSleep } from '../../core/clock.ts';
import { commandsOf } from '../../core/commands/commands-of-change.ts';
import { eventOf, isTampering } from '../../core/events/broadcast-event.ts';
import type { StreamChange } from '../../core/events/stream-change.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { environmentSchema } from './environment.ts';
import { publishCommands } from './publish-commands.ts';
import { publishEvent } from './publish-event.ts';
import { makeSigner } from './sign-request.ts';
import { toChange } from './stream-changes.ts';

/** Time kept back for the calls under way. */
const MARGIN_MS = 15_000;

const environment = environmentSchema.parse(process.env);
const logger = new Logger();
const metrics = new Metrics();
const options = { url: environment.GRAPHQL_URL, sign: makeSigner(environment) };
const client = makeDocumentClient();
const tables = tablesOf(environment);

/** Tells subscribers what the Network table's stream says, in its order; what fails is delivered again from there. */
export async function handler(event: DynamoDBStreamEvent, lambda: Context): Promise<DynamoDBBatchResponse> {
  logger.addContext(lambda);
  for (const record of event.Records) {
    const change = toChange(record);
    if (isTampering(change)) {
      logger.error('An audit entry was changed or removed.', { key: { pk: change.pk, sk: change.sk } });
      metrics.addMetric('AuditEntriesChanged', MetricUnit.Count, 1);
    }
    try {
      await publish(change, lambda);
    } catch (cause) {
      const key = { pk: change.pk, sk: change.sk };
      logger.error('A change could not be published; it is tried again.', { key, cause });
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return { batchItemFailures: [] };
}

async function publish(change: StreamChange, lambda: Context): Promise<void> {
  const event = eventOf(change);
  if (event) {
    await publishEvent(event, options);
    metrics.addMetric('EventsPublished', MetricUnit.Count, 1);
  }
  const commands = await commandsOf(change, {
    client,
    tables,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    deadline: systemClock() + lambda.getRemainingTimeInMillis() - MARGIN_MS,
  });
  if (commands.length === 0) return;
  await publishCommands(commands, options);
  metrics.addMetric('CommandsPublished', MetricUnit.Count, commands.length);
}
