import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ALARM_PERIOD } from './alarm-topic.ts';
import type { Stage } from './stage.ts';

export interface OwnMetric {
  stage: Pick<Stage, 'metricsNamespace'>;
  service: string;
  name: string;
  /** Default: the sum. */
  statistic?: string;
}

/**
 * A metric that a function publishes (`functions/metrics.ts` lists them), over the period of
 * alarms.
 */
export function ownMetric({ stage, service, name, statistic = Stats.SUM }: OwnMetric): Metric {
  return new Metric({
    namespace: stage.metricsNamespace,
    metricName: name,
    dimensionsMap: { service },
    statistic,
    period: ALARM_PERIOD,
  });
}
