import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { ALARM_PERIOD } from './alarm-topic.ts';
import type { ApiStack } from './api-stack.ts';
import type { DataStack } from './data-stack.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { PatronusFunction } from './patronus-function.ts';
import type { Settings } from './settings.ts';
import { grantRead } from './table-grants.ts';

export interface EventsStackProps {
  settings: Settings;
  data: DataStack;
  api: ApiStack;
}

/** What follows a change of the Network table: its stream → broadcast → subscribers and edges. */
export class EventsStack extends Stack {
  constructor(scope: Construct, id: string, { settings, data, api }: EventsStackProps) {
    super(scope, id, { description: 'Patronus: events to subscribers' });
    const broadcast = new PatronusFunction(this, 'Broadcast', {
      folder: 'broadcast',
      settings,
      data,
      description: 'Tells subscribers what changed',
      timeout: Duration.seconds(60),
      memory: 512,
      environment: { GRAPHQL_URL: api.api.graphqlUrl },
    });
    api.api.grantMutation(broadcast, 'publishEvent', 'publishCommand');
    // A changed policy is a command to every edge in service.
    grantRead(data.network, broadcast);
    const failed = new DeadLetterQueue(this, 'BroadcastFailed', {
      alarms: data.alarms,
      description:
        'Events were given up on: subscribers have missed them, the audit log has them. See the log of broadcast.',
    });
    broadcast.addEventSource(
      // The library's own Table misses its ITable by `exactOptionalPropertyTypes`.
      new DynamoEventSource(data.network as unknown as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: 10,
        maxRecordAge: Duration.hours(1),
        onFailure: new SqsDlq(failed),
        filters: ['AUDIT#', 'DELETION', 'COMMAND#', 'POLICY'].map(prefix =>
          FilterCriteria.filter({
            dynamodb: { Keys: { pk: { S: FilterRule.beginsWith(prefix) } } },
          }),
        ),
      }),
    );
    data.alarms.add(broadcast, 'AuditEntriesChanged', {
      metric: new Metric({
        namespace: 'Patronus',
        metricName: 'AuditEntriesChanged',
        dimensionsMap: { service: 'broadcast' },
        statistic: Stats.SUM,
        period: ALARM_PERIOD,
      }),
      above: 0,
      description:
        'Somebody changed or removed an audit entry, which no function may: see the log of broadcast.',
    });
  }
}
