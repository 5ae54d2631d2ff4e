import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ALARM_PERIOD } from './alarm-topic.ts';

/** A metric that a function writes itself (`functions/metrics.ts` lists them), added up over the period of alarms. */
export function ownMetric(service: string, name: string, statistic: string = Stats.SUM): Metric {
  return new Metric({
    namespace: 'Patronus',
    metricName: name,
    dimensionsMap: { service },
    statistic,
    period: ALARM_PERIOD,
  });
}
