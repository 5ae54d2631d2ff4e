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
  /** Alarms when the metric is above this in a period. */
  above: number;
  /** Periods in a row that must be above; 1 by default. */
  periods?: number;
  /** For the person who gets the mail: what happened and what to do. */
  description: string;
}

/** What says that something is at work, and for how long it may say nothing. */
export interface PulseRule {
  /** Summed over a period it is 1 or more wherever it was at work. */
  metric: IMetric;
  /** Periods in a row without it that are an alarm; 1 by default. */
  periods?: number;
  description: string;
}

/** Where every alarm of the system is sent. An alarm's id names its section in docs/runbook.md. */
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
        'Alarms are mailed to no address: set one with -c alarm_email=…, or subscribe to the topic yourself (output AlarmTopicArn).',
      );
    }
  }

  /**
   * Makes an alarm in `scope` for a figure that is too high. Missing data is no alarm: nothing
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
    return this.announced(alarm);
  }

  /**
   * Makes an alarm in `scope` for something that isn't at work any more: missing data is what it
   * waits for.
   */
  addPulse(scope: Construct, id: string, { metric, periods = 1, description }: PulseRule): Alarm {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: inRunbook(id, description),
    });
    return this.announced(alarm);
  }

  /** Tells the topic when an alarm goes off and when it is over. */
  private announced(alarm: Alarm): Alarm {
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }

  /**
   * A topic with a policy of its own, which the demand of TLS makes, has SNS's default policy no
   * longer: the alarms of this account must be let in again.
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

/** The period over which alarms look at sums. */
export const ALARM_PERIOD = Duration.minutes(5);
