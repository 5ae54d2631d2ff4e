import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { type SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { EdgeError } from '../../../../edge/edge-error.ts';
import { eventually } from '../eventually.ts';
import type { Bench } from '../smoke-step.ts';
import type { Sqs } from './sqs.ts';

export interface AlarmAws {
  cloudwatch: Pick<CloudWatchClient, 'send'>;
  sns: Pick<SNSClient, 'send'>;
  sqs: Sqs;
}

/** The alarm to test: it does not roll deployments back, and its subject is not urgent. */
const ALARM = 'ExportsFailed';

const ARRIVES_WITHIN_S = 60;

/**
 * Subscribes a queue to the alarm topic, sets an alarm manually and waits for it in the queue.
 * Other subscribers also get the mail, which says that it is a test. CloudWatch would reset the
 * alarm at its next evaluation, within five minutes; the test resets it at once.
 */
export async function testAlarm(
  { cloudwatch, sns, sqs }: AlarmAws,
  bench: Bench,
  { topic_arn, prefix }: { topic_arn: string; prefix: string },
): Promise<string> {
  const name = await findAlarm(cloudwatch, topic_arn, prefix);
  const queue = await sqs.createQueue(`patronus-smoke-${bench.run_id}`);
  bench.undo(`queue patronus-smoke-${bench.run_id}`, () => sqs.deleteQueue(queue.url));
  await sqs.allowTopic(queue, topic_arn);
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: topic_arn,
      Protocol: 'sqs',
      Endpoint: queue.arn,
      ReturnSubscriptionArn: true,
    }),
  );
  bench.undo('subscription of the queue', () => sns.send(new UnsubscribeCommand({ SubscriptionArn })));
  const reason = `Smoke test ${bench.run_id} of Patronus: this is not a real alarm.`;
  const setState = (StateValue: 'ALARM' | 'OK') =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue, StateReason: reason }));
  bench.undo(`state of the alarm ${name}`, () => setState('OK'));
  await setState('ALARM');
  await eventually(bench, {
    what: 'the alarm to arrive',
    limit_s: ARRIVES_WITHIN_S,
    look: async () => (await sqs.receive(queue.url)).find(body => body.includes(reason)),
  });
  return `${name} was set manually and arrived in a queue; subscribers also got the mail, which says that it is a test`;
}

async function findAlarm(
  cloudwatch: AlarmAws['cloudwatch'],
  topic_arn: string,
  AlarmNamePrefix: string,
): Promise<string> {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix }));
  const found = MetricAlarms.find(
    ({ AlarmName, AlarmActions }) => AlarmName?.includes(ALARM) && AlarmActions?.includes(topic_arn),
  );
  if (!found) {
    throw new EdgeError(
      `No alarm ${AlarmNamePrefix}…${ALARM} notifies the topic ${topic_arn}: deploy again.`,
    );
  }
  if (found.StateValue === 'ALARM') {
    throw new EdgeError(
      `The alarm ${found.AlarmName} is already on for a real reason: see docs/runbook.md, then test again.`,
    );
  }
  return found.AlarmName!;
}
