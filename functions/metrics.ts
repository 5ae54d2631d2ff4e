import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger } from './logger.ts';

/**
 * Every metric of our own, by service: its one dimension. Each is billed, about 0.30 dollars a
 * month, whether it is looked at or not. So these are what alarms watch and what says at a glance
 * whether the system works; all else is a field of a log line.
 */
export const METRICS = {
  ingest: [
    'ReportsApplied',
    'ReportsQuarantined',
    'ReportsNotAuthentic',
    'FlowLogsNotWritten',
    'PoliciesWithoutPath',
  ],
  api: ['InternalErrors', 'PoliciesWithoutPath'],
  broadcast: ['AuditEntriesChanged'],
  /** Only of snapshots that were taken: where they are missing, there are none. */
  snapshot: [
    'LanesUnreadable',
    'EdgesExpected',
    'EdgesSilent',
    /** Totals that only a void makes smaller: traffic is their rate of change. */
    'PacketsCounted',
    'BytesCounted',
  ],
  cleanup: ['totals_mismatches'],
  export: ['ExportsFailed'],
  notify: ['DeliveriesGivenUp'],
  /** Of all functions that have caches. */
  caches: ['CacheSlow', 'CacheFailed', 'CacheGarbage', 'CacheTooLarge'],
} as const;

/**
 * Also by `cache`, of which there are few: per cent of the look-ups since the last line that found
 * something.
 */
export const CACHE_HIT_RATE = 'CacheHitRate';

export type MetricService = keyof typeof METRICS;

/** What happened how often. */
export type Counts<Service extends MetricService> = Partial<
  Record<(typeof METRICS)[Service][number], number>
>;

/**
 * Counts in a line of the embedded metric format, which CloudWatch makes metrics of.
 *
 * @param fields stand in the line beside the metrics, for people and queries of the log
 */
export function countMetrics<Service extends MetricService>(
  service: Service,
  counts: Counts<Service>,
  fields: Record<string, string | number> = {},
): void {
  const metrics = lineOf(service, fields);
  for (const [name, value] of Object.entries<number | undefined>(counts)) {
    metrics.addMetric(name, MetricUnit.Count, value ?? 0);
  }
  metrics.publishStoredMetrics();
}

/** The hit rate of one cache since its last line. */
export function publishHitRate(cache: string, { hits, misses }: { hits: number; misses: number }): void {
  const metrics = lineOf('caches', { CacheHits: hits, CacheMisses: misses });
  metrics.addDimension('cache', cache);
  metrics.addMetric(CACHE_HIT_RATE, MetricUnit.Percent, (100 * hits) / (hits + misses));
  metrics.publishStoredMetrics();
}

function lineOf(serviceName: MetricService, fields: Record<string, string | number>): Metrics {
  const metrics = new Metrics({ serviceName });
  const correlation_id = logger.getCorrelationId();
  if (correlation_id !== undefined) metrics.addMetadata('correlation_id', String(correlation_id));
  for (const [name, value] of Object.entries(fields)) metrics.addMetadata(name, String(value));
  return metrics;
}
