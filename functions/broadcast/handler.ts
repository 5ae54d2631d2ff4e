import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventOf, isTampering } from '../../core/events/broadcast-event.ts';
import { environmentSchema } from './environment.ts';
import { publishEvent } from './publish-event.ts';
import { makeSigner } from './sign-request.ts';
import { toChange } from './stream-changes.ts';

const environment = environmentSchema.parse(process.env);
const logger = new Logger();
const metrics = new Metrics();
const sign = makeSigner(environment);

/** Tells subscribers what the Network table's stream says, in its order; what fails is delivered again from there. */
export async function handler(event: DynamoDBStreamEvent, lambda: Context): Promise<DynamoDBBatchResponse> {
  logger.addContext(lambda);
  for (const record of event.Records) {
    const change = toChange(record);
    if (isTampering(change)) {
      logger.error('An audit entry was changed or removed.', { key: { pk: change.pk, sk: change.sk } });
      metrics.addMetric('AuditEntriesChanged', MetricUnit.Count, 1);
    }
    const told = eventOf(change);
    if (!told) continue;
    try {
      await publishEvent(told, { url: environment.GRAPHQL_URL, sign });
      metrics.addMetric('EventsPublished', MetricUnit.Count, 1);
    } catch (cause) {
      logger.error('An event could not be published; it is tried again.', { id: told.id, cause });
      metrics.publishStoredMetrics();
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
    }
  }
  metrics.publishStoredMetrics();
  return { batchItemFailures: [] };
}
