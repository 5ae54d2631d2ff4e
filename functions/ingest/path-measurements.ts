import type { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CacheSettings } from '../../core/cache/cache-settings.ts';
import type { AppliedPathReport } from '../../core/ingest/ingest-context.ts';
import { PathMonitor } from '../../core/routing/failover/path-monitor.ts';
import type { TableNames } from '../../core/storage/tables.ts';
import { systemClock, systemSleep } from '../../core/time/clock.ts';
import { makeContainerCaches } from '../container-caches.ts';
import { countStranded } from '../failover-metrics.ts';

/**
 * Counting has priority. Measurements that take longer are left to the next report, a minute later.
 */
const LIMIT_MS = 10_000;

/** Processes the path measurements of a batch: cache, table, failovers. Never rejects. */
export function makePathMeasurements({
  client,
  tables,
  logger,
  settings,
}: {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  logger: Logger;
  settings: CacheSettings;
}): (reports: AppliedPathReport[]) => Promise<void> {
  const container = makeContainerCaches({ client, table: tables.cache, settings, leaves_hot_keys: false });
  const monitor = new PathMonitor(container.caches, {
    onFailover(done, operation) {
      countStranded('ingest', done);
      const { audit_id, receipt } = done;
      logger.warn(`A path was failed over or restored: ${operation}`, { audit_id, path_id: receipt.path_id });
    },
    onTrouble(path_id, cause) {
      logger.warn('A path measurement could not be processed.', { path_id, cause });
    },
  });
  return async reports => {
    const deadline = systemClock() + LIMIT_MS;
    const context = { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random, deadline };
    await monitor.observe(context, reports);
    await monitor.settle(context);
    await container.settle();
  };
}
