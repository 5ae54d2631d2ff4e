import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { commandsOf } from '../../core/commands/commands-of-change.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { makeApiClient } from './api-client.ts';
import { environmentSchema } from './environment.ts';
import { publishCommands } from './publish-commands.ts';
import { publishEvent } from './publish-event.ts';
import { tellChanges } from './tell-changes.ts';

/** Time kept back for the calls under way. */
const MARGIN_MS = 15_000;

const environment = environmentSchema.parse(process.env);
const logger = new Logger();
const metrics = new Metrics();
const api = makeApiClient(environment);
const client = makeDocumentClient();
const tables = tablesOf(environment);

/** Tells subscribers what the Network table's stream says, in its order; what fails is delivered again from there. */
export async function handler(event: DynamoDBStreamEvent, lambda: Context): Promise<DynamoDBBatchResponse> {
  logger.addContext(lambda);
  const timeLeft = () => lambda.getRemainingTimeInMillis() - MARGIN_MS;
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  const open = await tellChanges(event.Records, {
    publishEvent: told => publishEvent(told, api),
    publishCommands: commands => publishCommands(commands, api),
    commandsOf: change =>
      commandsOf(change, {
        client,
        tables,
        clock: systemClock,
        sleep: systemSleep,
        random: Math.random,
        deadline: systemClock() + timeLeft(),
      }),
    timeLeft,
    onTampering({ pk, sk }) {
      logger.error('An audit entry was changed or removed.', { key: { pk, sk } });
      count('AuditEntriesChanged', 1);
    },
    onTrouble: (message, details) => logger.error(message, details),
    count,
  });
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return { batchItemFailures: open ? [{ itemIdentifier: open.dynamodb?.SequenceNumber ?? '' }] : [] };
}
