import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { ENCRYPTION, noEffect, TAGS } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';

const topicSchema = z.strictObject({
  TopicName: z.string().optional(),
  DisplayName: noEffect('no mail is sent from one machine'),
  KmsMasterKeyId: ENCRYPTION,
  Tags: TAGS,
});

/**
 * A topic to which functions publish. Messages to its subscribers are written to a file
 * (local/mail).
 */
export const snsTopic: ResourceType<z.output<typeof topicSchema>, null> = {
  type: 'AWS::SNS::Topic',
  schema: topicSchema,
  attributes(resource) {
    const name = physicalName(resource);
    return { Ref: arn('sns', name), Arn: arn('sns', name), TopicArn: arn('sns', name), TopicName: name };
  },
  async make() {
    return { value: null };
  },
};
