import { join } from 'node:path';
import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { openQueue, type Queue } from '../../queues/queue.ts';
import { ENCRYPTION, noEffect, TAGS } from '../no-effect.ts';
import { physicalName, shortName } from '../physical-name.ts';
import type { MadeResources, ResourceType } from '../resource-type.ts';

const queueSchema = z.strictObject({
  QueueName: z.string().optional(),
  MessageRetentionPeriod: noEffect('messages are kept as long as the run, or as long as the data folder'),
  VisibilityTimeout: noEffect('no function reads a queue here'),
  SqsManagedSseEnabled: ENCRYPTION,
  KmsMasterKeyId: ENCRYPTION,
  KmsDataKeyReusePeriodSeconds: ENCRYPTION,
  Tags: TAGS,
});

export const sqsQueue: ResourceType<z.output<typeof queueSchema>, Queue> = {
  type: 'AWS::SQS::Queue',
  schema: queueSchema,
  attributes(resource, { server }) {
    const name = physicalName(resource);
    return { Ref: `${server}/queues/${name}`, Arn: arn('sqs', name), QueueName: name };
  },
  async make({ resource, host: { dataDirectory, onQueueMessage } }) {
    const file = dataDirectory && join(dataDirectory, 'queues', `${physicalName(resource)}.jsonl`);
    const name = shortName(resource.logicalId);
    return { value: await openQueue({ name, file, onMessage: onQueueMessage }) };
  },
};

/** The queue of an ARN in the template. @throws Error if there is none */
export function queueAt(made: MadeResources, queueArn: string): Queue {
  const found = made.all(sqsQueue).find(({ attributes }) => attributes.Arn === queueArn);
  if (!found) throw new Error(`The template sends to ${queueArn}, which is not one of its queues.`);
  return found.value;
}
