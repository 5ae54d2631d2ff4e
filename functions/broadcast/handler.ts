import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { commandsOf } from '../../core/commands/commands-of-change.ts';
import { newsOf } from '../../core/commands/edge-news.ts';
import { raiseRouteVersion } from '../../core/commands/route-versions.ts';
import { sitesToNotify } from '../../core/commands/sites-to-notify.ts';
import { orderRoutes } from '../../core/routing/failover/route-orders.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { tablesOf } from '../../core/storage/table-environment.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { makeApiClient } from '../api-client.ts';
import { beginLog, logger } from '../logger.ts';
import { countMetrics } from '../metrics.ts';
import { untilAnswered } from '../until-answered.ts';
import { environmentSchema } from './environment.ts';
import { publishChanges } from './publish-changes.ts';
import { publishCommands } from './publish-commands.ts';
import { publishEvent } from './publish-event.ts';
import { publishNews } from './publish-news.ts';

/** Time reserved for calls in progress. */
const MARGIN_MS = 15_000;

const environment = environmentSchema.parse(process.env);
const api = makeApiClient(environment);
const store = {
  client: makeDocumentClient(),
  tables: tablesOf(environment),
  clock: systemClock,
  sleep: systemSleep,
  random: Math.random,
};

/**
 * Publishes the changes of the Network and the Audit table in order, and sends edges the routes
 * that follow from them. After a failure, the stream delivers again from the first failed record.
 */
async function handle(event: DynamoDBStreamEvent, lambda: Context): Promise<DynamoDBBatchResponse> {
  beginLog(lambda);
  const timeLeft = () => lambda.getRemainingTimeInMillis() - MARGIN_MS;
  const context = (): StoreContext => ({
    ...store,
    deadline: systemClock() + timeLeft(),
  });
  const published: Record<string, number> = {};
  /** A batch contains changes of several requests. */
  const correlation_ids = new Set<string>();
  const failed = await publishChanges(event.Records, {
    async publishEvent(event) {
      if (event.actor?.request_id) correlation_ids.add(event.actor.request_id);
      await publishEvent(event, api);
    },
    publishCommands: commands => publishCommands(commands, api),
    publishNews: news => publishNews(news, api),
    commandsOf: change => commandsOf(change, context()),
    newsOf: change => newsOf(change, context(), { spread_s: environment.EDGE_SPREAD_S }),
    sitesToNotify: change => sitesToNotify(change, context()),
    raiseRouteVersion: site_id => raiseRouteVersion(context(), site_id),
    orderRoutes: change => orderRoutes(context(), change),
    timeLeft,
    onTampering({ pk, sk }) {
      logger.error('An audit entry was changed or removed.', { key: { pk, sk } });
      countMetrics('broadcast', { AuditEntriesChanged: 1 });
    },
    onFailure: (message, { correlation_id, ...details }) =>
      logger.error(message, { ...details, ...(correlation_id !== undefined && { correlation_id }) }),
    count(name, value) {
      published[name] = (published[name] ?? 0) + value;
    },
  });
  if (Object.keys(published).length > 0) {
    logger.info('Published changes.', { ...published, correlation_ids: [...correlation_ids] });
  }
  return { batchItemFailures: failed ? [{ itemIdentifier: failed.dynamodb?.SequenceNumber ?? '' }] : [] };
}

export const handler = untilAnswered(handle);
