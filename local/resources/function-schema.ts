import { z } from 'zod';
import { noEffect, TAGS } from './no-effect.ts';

const LAMBDA_DEFAULT_TIMEOUT_SECONDS = 3;
const LAMBDA_DEFAULT_MEMORY_MB = 128;

export const functionSchema = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: noEffect('the bundle is read from the assembly'), S3Key: z.string() }),
  Handler: z.string().regex(/^[^.]+\.[^.]+$/, 'Handler must be "file.export"'),
  Runtime: z.literal('nodejs24.x', 'only nodejs24.x runs here, as this process itself is Node 24'),
  Timeout: z.int().positive().default(LAMBDA_DEFAULT_TIMEOUT_SECONDS),
  MemorySize: z.int().positive().default(LAMBDA_DEFAULT_MEMORY_MB),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: z.int().nonnegative().optional(),
  Architectures: noEffect('the bundles are JavaScript and run anywhere'),
  Description: noEffect('for people'),
  LoggingConfig: noEffect('logs are files here'),
  RecursiveLoop: noEffect('there is no detection of loops here'),
  Role: noEffect('functions run with the rights of whoever started them; a test reads the policies'),
  TracingConfig: noEffect('there is no X-Ray here'),
  Tags: TAGS,
});

export type FunctionProperties = z.output<typeof functionSchema>;

const destination = z.strictObject({ Destination: z.string() });

export const eventInvokeConfigSchema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST', 'there are no versions of functions here'),
  MaximumRetryAttempts: z.int().min(0).max(2).default(2),
  MaximumEventAgeInSeconds: z.int().min(60).max(21_600).default(21_600),
  DestinationConfig: z.strictObject({ OnFailure: destination.optional() }).optional(),
});

export type EventInvokeConfig = z.output<typeof eventInvokeConfigSchema>;
