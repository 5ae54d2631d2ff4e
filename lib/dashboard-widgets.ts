import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type OwnMetric, ownMetric } from './own-metric.ts';

/** Columns of CloudWatch's grid. */
export const COLUMNS = 24;

const HEIGHT = 6;

export interface Graph {
  title: string;
  /** Unit of the left axis, in words. */
  unit: string;
  metrics: IMetric[];
}

/** A row of graphs with equal widths. */
export function row(...graphs: Graph[]): GraphWidget[] {
  return graphs.map(
    ({ title, unit, metrics }) =>
      new GraphWidget({
        title,
        left: metrics,
        leftYAxis: { label: unit, min: 0, showUnits: false },
        width: COLUMNS / graphs.length,
        height: HEIGHT,
      }),
  );
}

/** A metric of AWS about one resource, per minute. */
export interface AwsFigure {
  namespace: `AWS/${string}`;
  metric: string;
  dimensions: Record<string, string>;
  label: string;
  statistic: string;
}

export function awsFigure({ namespace, metric, dimensions, label, statistic }: AwsFigure): Metric {
  return new Metric({
    namespace,
    metricName: metric,
    dimensionsMap: dimensions,
    statistic,
    label,
    period: MINUTE,
  });
}

/** A metric of a GraphQL API. */
export function ofApi(
  GraphQLAPIId: string,
  metric: string,
  { label, statistic }: { label: string; statistic: string },
): IMetric {
  return awsFigure({ namespace: 'AWS/AppSync', metric, dimensions: { GraphQLAPIId }, label, statistic });
}

/** The sum of a metric of a table. */
export function ofTable(table: Table, metric: string, label: string): IMetric {
  const dimensions = { TableName: table.tableName };
  return awsFigure({ namespace: 'AWS/DynamoDB', metric, dimensions, label, statistic: Stats.SUM });
}

/** A metric that a function publishes, per minute. */
export function ownFigure(
  { stage, service }: Pick<OwnMetric, 'stage' | 'service'>,
  name: string,
  { label, statistic, dimensions = {} }: { label: string; statistic: string; dimensions?: object },
): Metric {
  const metric = ownMetric({ stage, service, name, statistic });
  return metric.with({
    label,
    period: MINUTE,
    dimensionsMap: { ...(metric.dimensions as Record<string, string>), ...dimensions },
  });
}

/** A metric that is computed from others, which the expression names in lower case. */
export function computed(label: string, expression: string, usingMetrics: Record<string, IMetric>): IMetric {
  return new MathExpression({ label, expression, usingMetrics, period: MINUTE });
}

const MINUTE = Duration.minutes(1);
