import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';

export interface DeadLetterQueueProps {
  alarms: AlarmTopic;
  /** For the person who gets the alarm: what has landed here and what to do with it. */
  description: string;
}

/** Where what could not be processed is kept for 14 days; one message is an alarm. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { alarms, description }: DeadLetterQueueProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    alarms.add(this, 'Undelivered', {
      metric: this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      description,
    });
  }
}
