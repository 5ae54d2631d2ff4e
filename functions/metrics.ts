import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger } from './logger.ts';

/**
 * All metrics that the functions publish, by service, which is their only dimension. Each costs
 * about 0.30 dollars a month. So only figures that alarms watch, or that show at a glance whether
 * the system works, are metrics; all others are fields of log lines.
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
  /** Published for completed snapshots only; an alarm notices if they are missing. */
  snapshot: [
    'LanesUnreadable',
    'EdgesExpected',
    'EdgesSilent',
    /** Totals; only a void reduces them. Traffic is their rate of change. */
    'PacketsCounted',
    'BytesCounted',
  ],
  cleanup: ['totals_mismatches'],
  export: ['ExportsFailed'],
  notify: ['DeliveriesGivenUp'],
  /** Of all functions with caches. */
  caches: ['CacheSlow', 'CacheFailed', 'CacheGarbage', 'CacheTooLarge'],
} as const;

/**
 * Hits in per cent of the look-ups since the last line. It has a second dimension, `cache`, with
 * few values.
 */
export const CACHE_HIT_RATE = 'CacheHitRate';

export type MetricService = keyof typeof METRICS;

/** Counts by metric. */
export type Counts<Service extends MetricService> = Partial<
  Record<(typeof METRICS)[Service][number], number>
>;

/**
 * Writes counts as a line of the embedded metric format, from which CloudWatch extracts metrics.
 *
 * @param fields additional fields of the line, for people and log queries
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
