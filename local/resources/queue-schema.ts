import { z } from 'zod';
import { ENCRYPTION, noEffect, TAGS } from './no-effect.ts';

export const queueSchema = z.strictObject({
  QueueName: z.string().optional(),
  MessageRetentionPeriod: noEffect('messages are kept as long as the run, or as long as the data folder'),
  VisibilityTimeout: noEffect('no function reads a queue here'),
  SqsManagedSseEnabled: ENCRYPTION,
  KmsMasterKeyId: ENCRYPTION,
  KmsDataKeyReusePeriodSeconds: ENCRYPTION,
  Tags: TAGS,
});
