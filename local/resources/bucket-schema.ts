import { z } from 'zod';
import { ENCRYPTION, noEffect, TAGS } from './no-effect.ts';

export const bucketSchema = z.strictObject({
  BucketName: z.string().optional(),
  BucketEncryption: ENCRYPTION,
  LifecycleConfiguration: noEffect('files stay as long as the run, or as long as the data folder'),
  PublicAccessBlockConfiguration: noEffect('nothing is open without a signature here'),
  Tags: TAGS,
});
