import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';

/** Adds alarms for throttled reads and writes: a hot partition, or the account's limit. */
export function alarmOnTable(alarms: AlarmTopic, table: Table): void {
  for (const direction of ['Read', 'Write']) {
    alarms.add(table, `${direction}Throttle`, {
      metric: new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: `${direction}ThrottleEvents`,
        dimensionsMap: { TableName: table.tableName },
        statistic: Stats.SUM,
        period: ALARM_PERIOD,
      }),
      above: 0,
      periods: 3,
      description: `Table ${table.node.id} has throttled ${direction.toLowerCase()}s for 15 minutes: look for a hot partition, or raise the account's limit.`,
    });
  }
}
