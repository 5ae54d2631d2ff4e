import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
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

/** Where every alarm of the system is sent. Missing data is no alarm: nothing happened. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
  }

  /** Makes an alarm in `scope` that tells the topic when it goes off and when it is over. */
  add(scope: Construct, id: string, { metric, above, periods = 1, description }: AlarmRule): Alarm {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}

/** The period over which alarms look at sums. */
export const ALARM_PERIOD = Duration.minutes(5);
