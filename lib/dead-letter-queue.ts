import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';

export interface DeadLetterQueueProps {
  alarms: AlarmTopic;
  /** What the messages are and what to do with them, for the person who receives the alarm. */
  description: string;
}

/** Keeps messages that could not be processed for 14 days. One message causes an alarm. */
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
