import { Duration, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { alarmOnStreamAge } from './alarm-on-stream-age.ts';
import { ALARM_PERIOD } from './alarm-topic.ts';
import type { ApiStack } from './api-stack.ts';
import { limitCalls } from './asynchronous-calls.ts';
import type { DataStack } from './data-stack.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { GradualFunction } from './gradual-function.ts';
import { PatronusFunction } from './patronus-function.ts';
import { scheduleFunction } from './schedule-function.ts';
import type { Settings } from './settings.ts';
import { silenceEnvironment, webhookEnvironment } from './shared-environment.ts';
import {
  grantAppend,
  grantForgetting,
  grantRead,
  grantReadNetwork,
  grantWriteAmong,
  grantWriteNetwork,
} from './table-grants.ts';

export interface EventsStackProps {
  settings: Settings;
  data: DataStack;
  api: ApiStack;
}

/**
 * What follows a change: streams of the Audit and the Network table → broadcast → subscribers and
 * edges; → the deletion worker.
 */
export class EventsStack extends Stack {
  constructor(scope: Construct, id: string, { settings, data, api }: EventsStackProps) {
    super(scope, id, { description: 'Patronus: events to subscribers, deletions that go on' });
    this.makeBroadcast({ settings, data, api });
    this.makeDeletionWorker({ data });
    this.makeFigures({ settings, data, api });
    this.makeNotify({ settings, data });
  }

  private makeBroadcast({ settings, data, api }: EventsStackProps): void {
    const broadcast = new GradualFunction(this, 'Broadcast', {
      folder: 'broadcast',
      data,
      description: 'Tells subscribers what changed',
      timeout: Duration.seconds(60),
      memory: 512,
      environment: {
        GRAPHQL_URL: api.api.graphqlUrl,
        EDGE_SPREAD_S: String(settings.edge_spread_s),
      },
    });
    api.api.grantMutation(broadcast, 'publishEvent', 'publishCommand', 'publishEdgeNews');
    // A path that fails over is an order to the edges at its ends, and other changes raise the
    // versions of the sites that they concern.
    grantReadNetwork(data.network, broadcast, ['GetItem', 'BatchGetItem', 'Query']);
    grantRead(data.traffic, broadcast, ['GetItem', 'BatchGetItem']);
    grantWriteAmong(data.network, broadcast, { PutItem: ['COMMAND#*', 'ROUTES#*'] });
    const failed = new DeadLetterQueue(this, 'BroadcastFailed', {
      alarms: data.alarms,
      description:
        'Events were given up on: subscribers have missed them, the audit log has them. See the log of broadcast.',
    });
    const publishing = {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(1),
      onFailure: new SqsDlq(failed),
    };
    const beginsWith = (...prefixes: string[]) => ({
      dynamodb: { Keys: { pk: { S: prefixes.flatMap(prefix => FilterRule.beginsWith(prefix)) } } },
    });
    broadcast.addEventSource(
      // The library's own Table misses its ITable by `exactOptionalPropertyTypes`.
      new DynamoEventSource(data.network as unknown as ITable, {
        ...publishing,
        filters: [
          FilterCriteria.filter(beginsWith('AUDIT#', 'DELETION', 'COMMAND#', 'POLICY')),
          // What edges route by.
          FilterCriteria.filter(beginsWith('SITE#', 'ROUTING', 'EDGE', 'ROUTES#')),
        ],
      }),
    );
    broadcast.addEventSource(
      new DynamoEventSource(data.audit as unknown as ITable, {
        ...publishing,
        filters: [
          FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT'), ...beginsWith('CHANGE#') }),
          FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT'), ...beginsWith('EVENT#') }),
          // Whatever it is, it raises the alarm below.
          FilterCriteria.filter({ eventName: FilterRule.or('MODIFY', 'REMOVE') }),
        ],
      }),
    );
    alarmOnStreamAge(data.alarms, broadcast, {
      id: 'EventsLate',
      description:
        'Changes have waited for more than five minutes to be published: consoles are late, and edges find them when they ask. Look at the log of broadcast.',
    });
    data.alarms.add(broadcast, 'AuditEntriesChanged', {
      metric: broadcast.ownMetric('AuditEntriesChanged'),
      above: 0,
      description:
        'Somebody changed or removed an audit entry, which no function may: see the log of broadcast.',
    });
    broadcast.deployGradually(settings, []);
  }

  /**
   * Every shard is read by two functions, this one and broadcast, which is as many as a table's
   * stream serves well.
   */
  private makeDeletionWorker({ data }: Pick<EventsStackProps, 'data'>): void {
    const worker = new PatronusFunction(this, 'DeletionWorker', {
      folder: 'deletion-worker',
      data,
      description: 'Goes on with deletions and restores that take longer than a request',
      timeout: Duration.seconds(120),
      memory: 512,
    });
    grantReadNetwork(data.network, worker, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
    grantWriteNetwork(data.network, worker);
    grantAppend(data.audit, worker);
    // A site that is gone or back changes the routes.
    grantForgetting(data.cache, worker);
    const failed = new DeadLetterQueue(this, 'DeletionWorkerFailed', {
      alarms: data.alarms,
      description:
        'The worker gave a deletion or restore up: the clean-up finishes it within minutes. See the log of deletion-worker.',
    });
    worker.addEventSource(
      new DynamoEventSource(data.network as unknown as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 10,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: 3,
        maxRecordAge: Duration.hours(1),
        onFailure: new SqsDlq(failed),
        filters: [
          FilterCriteria.filter({
            dynamodb: {
              Keys: { pk: { S: FilterRule.isEqual('DELETION') } },
              NewImage: { handed_over: { BOOL: FilterRule.isEqual(true) } },
            },
          }),
        ],
      }),
    );
    alarmOnStreamAge(data.alarms, worker, {
      id: 'DeletionsLate',
      description:
        'Deletions that were handed over have waited for more than five minutes: the clean-up goes on with them meanwhile. Look at the log of deletion-worker.',
    });
  }

  /** Live figures of those who follow them. Runs of two minutes may overlap. */
  private makeFigures({ settings, data, api }: EventsStackProps): void {
    const figures = new PatronusFunction(this, 'Figures', {
      folder: 'figures',
      data,
      description: 'Publishes live figures while somebody follows them',
      timeout: Duration.seconds(90),
      memory: 512,
      environment: { GRAPHQL_URL: api.api.graphqlUrl, ...silenceEnvironment(settings) },
    });
    api.api.grantMutation(figures, 'publishFigures');
    grantReadNetwork(data.network, figures, ['BatchGetItem', 'Query']);
    grantRead(data.traffic, figures, ['GetItem', 'BatchGetItem', 'Query']);
    grantRead(data.cache, figures, ['GetItem']);
    grantWriteAmong(data.traffic, figures, { UpdateItem: ['FIGURES'] });
    const failed = scheduleFunction(this, 'Figures', {
      fn: figures,
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      data,
      description: 'Live figures of the minute',
      failure: 'Live figures of a minute were not published: dashboards show them when they ask again.',
      maxEventAge: Duration.minutes(1),
    });
    limitCalls(figures, { retryAttempts: 1, maxEventAge: Duration.minutes(3), failed });
  }

  /**
   * Tells destinations of the network's alarms. It alone may read the secrets that webhooks are
   * signed with.
   */
  private makeNotify({ settings, data }: Pick<EventsStackProps, 'settings' | 'data'>): void {
    const topic = new Topic(this, 'Notices', { enforceSSL: true });
    for (const email of settings.notice_emails) topic.addSubscription(new EmailSubscription(email));
    const notify = new PatronusFunction(this, 'Notify', {
      folder: 'notify',
      data,
      description: 'Every minute: tells webhooks and mail of alarms',
      timeout: Duration.seconds(55),
      memory: 512,
      environment: { NOTICE_TOPIC_ARN: topic.topicArn, ...webhookEnvironment(settings) },
    });
    grantRead(data.network, notify, ['GetItem', 'Query']);
    grantRead(data.traffic, notify, ['GetItem', 'Query']);
    grantWriteAmong(data.traffic, notify, {
      PutItem: ['NOTICE#*', 'DELIVERY#*'],
      DeleteItem: ['NOTICE#*'],
    });
    notify.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
    data.alarms.add(notify, 'DeliveriesGivenUp', {
      metric: notify.ownMetric('DeliveriesGivenUp'),
      above: 0,
      description:
        'A destination of alarms has taken a delivery at none of its attempts: the page Alarms, and the query deliveries, say which and why.',
    });
    data.alarms.addPulse(notify, 'NoticesNotRunning', {
      metric: notify.metricInvocations({ period: ALARM_PERIOD }),
      periods: 2,
      description:
        "Destinations of the network's alarms have been told of nothing for ten minutes: look at the schedule and the log of notify.",
    });
    const failed = scheduleFunction(this, 'Notify', {
      fn: notify,
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      data,
      description: 'Alarms to webhooks and mail',
      failure: 'Destinations of alarms were not told in a minute: the next one tells them.',
      maxEventAge: Duration.minutes(1),
    });
    limitCalls(notify, { retryAttempts: 1, maxEventAge: Duration.minutes(3), failed });
  }
}
