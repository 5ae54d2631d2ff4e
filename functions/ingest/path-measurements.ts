import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readCacheSettings } from '../../core/cache/cache-settings.ts';
import { makeCaches } from '../../core/cache/product-caches.ts';
import { systemClock, systemSleep } from '../../core/clock.ts';
import { PathMonitor } from '../../core/routing/path-monitor.ts';
import type { TableNames } from '../../core/storage/tables.ts';
import type { AppliedPathReport } from '../../core/traffic/ingest-context.ts';

/** Counting comes first: measurements that take longer are left to the next report, which comes in a minute. */
const LIMIT_MS = 10_000;

/** What ingest does with the path measurements of a batch: cache, table, failovers. Never rejects. */
export function makePathMeasurements({
  client,
  tables,
  logger,
  env,
}: {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  logger: Logger;
  env: Record<string, string | undefined>;
}): (reports: AppliedPathReport[]) => Promise<void> {
  const caches = makeCaches({ client, table: tables.cache, settings: readCacheSettings(env) });
  const metrics = new Metrics();
  const count = (name: string, value = 1) => metrics.addMetric(name, MetricUnit.Count, value);
  const monitor = new PathMonitor(caches, {
    onFailover({ receipt, audit_id }, operation) {
      count(operation === 'failoverPath' ? 'PathFailovers' : 'PathFailbacks');
      if (receipt.without_path.length > 0) count('PoliciesWithoutPath', receipt.without_path.length);
      logger.warn(`A path changed sides: ${operation}`, { audit_id, path_id: receipt.path_id });
    },
    onTrouble(path_id, cause) {
      count('PathMeasurementsFailed');
      logger.warn('A path measurement could not be dealt with.', { path_id, cause });
    },
  });
  return async reports => {
    const deadline = systemClock() + LIMIT_MS;
    const context = { client, tables, clock: systemClock, sleep: systemSleep, random: Math.random, deadline };
    await monitor.observe(
      context,
      reports.flatMap(({ report }) => report.paths),
    );
    await caches.metrics.settle();
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
}
