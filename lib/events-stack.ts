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
  grantInvalidation,
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
 * Functions that react to changes: streams of the Audit and the Network table → broadcast →
 * subscribers and edges; → the deletion worker.
 */
export class EventsStack extends Stack {
  constructor(scope: Construct, id: string, { settings, data, api }: EventsStackProps) {
    super(scope, id, { description: 'Patronus: events for subscribers, deletions in the background' });
    this.makeBroadcast({ settings, data, api });
    this.makeDeletionWorker({ data });
    this.makeFigures({ settings, data, api });
    this.makeNotify({ settings, data });
  }

  private makeBroadcast({ settings, data, api }: EventsStackProps): void {
    const broadcast = new GradualFunction(this, 'Broadcast', {
      folder: 'broadcast',
      data,
      description: 'Publishes changes to subscribers and edges',
      timeout: Duration.seconds(60),
      memory: 512,
      environment: {
        GRAPHQL_URL: api.api.graphqlUrl,
        EDGE_SPREAD_S: String(settings.edge_spread_s),
      },
    });
    api.api.grantMutation(broadcast, 'publishEvent', 'publishCommand', 'publishEdgeNews');
    // A failover sends commands to the edges at the path's ends, and other changes raise the
    // versions of the sites that they concern.
    grantReadNetwork(data.network, broadcast, ['GetItem', 'BatchGetItem', 'Query']);
    grantRead(data.traffic, broadcast, ['GetItem', 'BatchGetItem']);
    grantWriteAmong(data.network, broadcast, { PutItem: ['COMMAND#*', 'ROUTES#*'] });
    const failed = new DeadLetterQueue(this, 'BroadcastFailed', {
      alarms: data.alarms,
      description:
        'Events could not be published: subscribers have missed them, the audit log has them. See the log of broadcast.',
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
      // The library's Table is not assignable to its ITable with `exactOptionalPropertyTypes`.
      new DynamoEventSource(data.network as unknown as ITable, {
        ...publishing,
        filters: [
          FilterCriteria.filter(beginsWith('AUDIT#', 'DELETION', 'COMMAND#', 'POLICY')),
          // Data that edges use for routing.
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
          // Any such change causes the alarm below.
          FilterCriteria.filter({ eventName: FilterRule.or('MODIFY', 'REMOVE') }),
        ],
      }),
    );
    alarmOnStreamAge(data.alarms, broadcast, {
      id: 'EventsLate',
      description:
        'Changes have waited for more than five minutes to be published: consoles are late, and edges get the changes when they read. Check the log of broadcast.',
    });
    data.alarms.add(broadcast, 'AuditEntriesChanged', {
      metric: broadcast.ownMetric('AuditEntriesChanged'),
      above: 0,
      description:
        'An audit entry was changed or removed, which no function is allowed to do: see the log of broadcast.',
    });
    broadcast.deployGradually(settings, []);
  }

  /**
   * Two functions read every shard: this one and broadcast. A table's stream supports no more
   * readers well.
   */
  private makeDeletionWorker({ data }: Pick<EventsStackProps, 'data'>): void {
    const worker = new PatronusFunction(this, 'DeletionWorker', {
      folder: 'deletion-worker',
      data,
      description: 'Continues deletions and restores that take longer than a request',
      timeout: Duration.seconds(120),
      memory: 512,
    });
    grantReadNetwork(data.network, worker, ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem']);
    grantWriteNetwork(data.network, worker);
    grantAppend(data.audit, worker);
    // A removed or restored site changes the routes.
    grantInvalidation(data.cache, worker);
    const failed = new DeadLetterQueue(this, 'DeletionWorkerFailed', {
      alarms: data.alarms,
      description:
        'The worker could not finish a deletion or restore: the clean-up finishes it within minutes. See the log of deletion-worker.',
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
        'Deletions in the background have waited for more than five minutes: the clean-up continues them meanwhile. Check the log of deletion-worker.',
    });
  }

  /** Publishes live figures. The runs of two minutes may overlap. */
  private makeFigures({ settings, data, api }: EventsStackProps): void {
    const figures = new PatronusFunction(this, 'Figures', {
      folder: 'figures',
      data,
      description: 'Publishes live figures while clients follow them',
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
      failure: 'Live figures of a minute were not published: dashboards show them when they query again.',
      maxEventAge: Duration.minutes(1),
    });
    limitCalls(figures, { retryAttempts: 1, maxEventAge: Duration.minutes(3), failed });
  }

  /**
   * Delivers the network's alarms to destinations. Only this function may read the secrets that
   * sign webhooks.
   */
  private makeNotify({ settings, data }: Pick<EventsStackProps, 'settings' | 'data'>): void {
    const topic = new Topic(this, 'Notices', { enforceSSL: true });
    for (const email of settings.notice_emails) topic.addSubscription(new EmailSubscription(email));
    const notify = new PatronusFunction(this, 'Notify', {
      folder: 'notify',
      data,
      description: 'Every minute: delivers alarms to webhooks and mail',
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
        'All attempts of a delivery to a destination of alarms have failed: the page Alarms and the query deliveries show which one and why.',
    });
    data.alarms.addPulse(notify, 'NoticesNotRunning', {
      metric: notify.metricInvocations({ period: ALARM_PERIOD }),
      periods: 2,
      description:
        'No alarms of the network have been delivered to destinations for ten minutes, because notify is not running: check its schedule and its log.',
    });
    const failed = scheduleFunction(this, 'Notify', {
      fn: notify,
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      data,
      description: 'Alarms to webhooks and mail',
      failure: 'Alarms of a minute were not delivered to destinations: the next run delivers them.',
      maxEventAge: Duration.minutes(1),
    });
    limitCalls(notify, { retryAttempts: 1, maxEventAge: Duration.minutes(3), failed });
  }
}
