import { z } from 'zod';
import { ENCRYPTION, noEffect, TAGS } from './no-effect.ts';

export const streamSchema = z.strictObject({
  Name: z.string().optional(),
  ShardCount: z.int().min(1).optional(),
  StreamModeDetails: z.strictObject({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
  RetentionPeriodHours: noEffect('kinesis-local keeps records as long as it runs, or as long as its file'),
  StreamEncryption: ENCRYPTION,
  Tags: TAGS,
});

export type StreamProperties = z.output<typeof streamSchema>;
