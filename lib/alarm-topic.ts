import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  email: string | undefined;
}

export interface AlarmRule {
  metric: IMetric;
  /** The alarm fires when the metric is above this value in a period. */
  above: number;
  /** Number of consecutive periods above the value; default 1. */
  periods?: number;
  /** What happened and what to do, for the person who receives the mail. */
  description: string;
}

/** A metric that shows that something is running, and how long it may be missing. */
export interface PulseRule {
  /** Its sum over a period is 1 or more if the thing was running. */
  metric: IMetric;
  /** Number of consecutive periods without it that cause an alarm; default 1. */
  periods?: number;
  description: string;
}

/** The topic of all alarms of the system. An alarm's id is its section in docs/runbook.md. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.letAlarmsPublish();
    if (email !== undefined) {
      this.topic.addSubscription(new EmailSubscription(email));
    } else {
      Annotations.of(this.topic).addWarningV2(
        'patronus:alarms-reach-nobody',
        'Alarms are not mailed to any address: set one with -c alarm_email=…, or subscribe to the topic yourself (output AlarmTopicArn).',
      );
    }
  }

  /**
   * Adds an alarm in `scope` for a figure that is too high. Missing data means that nothing
   * happened.
   */
  add(scope: Construct, id: string, { metric, above, periods = 1, description }: AlarmRule): Alarm {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: inRunbook(id, description),
    });
    return this.withNotifications(alarm);
  }

  /** Adds an alarm in `scope` for something that has stopped running. It fires on missing data. */
  addPulse(scope: Construct, id: string, { metric, periods = 1, description }: PulseRule): Alarm {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: inRunbook(id, description),
    });
    return this.withNotifications(alarm);
  }

  /** Notifies the topic when an alarm begins and when it ends. */
  private withNotifications(alarm: Alarm): Alarm {
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }

  /**
   * Allows alarms of this account to publish. `enforceSSL` gives the topic a policy of its own,
   * which replaces SNS's default policy.
   */
  private letAlarmsPublish(): void {
    const { account, partition } = Stack.of(this);
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:*:${account}:alarm:*` },
        },
      }),
    );
  }
}

function inRunbook(id: string, description: string): string {
  return `${description} Runbook: ${id}.`;
}

/** The period over which alarms sum metrics. */
export const ALARM_PERIOD = Duration.minutes(5);
