import { z } from 'zod';
import { noEffect, TAGS } from './no-effect.ts';

const UNLIMITED = -1;

export const eventSourceMappingSchema = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  BatchSize: z.int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).default(0),
  MaximumRetryAttempts: z.int().min(UNLIMITED).max(10_000).default(UNLIMITED),
  MaximumRecordAgeInSeconds: z.int().min(UNLIMITED).max(604_800).default(UNLIMITED),
  BisectBatchOnFunctionError: z.boolean().default(false),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ParallelizationFactor: z
    .literal(1, 'only 1: more would not keep the order of an edge’s reports')
    .default(1),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
    .optional(),
  FilterCriteria: z
    .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })).default([]) })
    .optional(),
  MetricsConfig: noEffect('there are no metrics of the cloud here'),
  Tags: TAGS,
});

export type EventSourceMapping = z.output<typeof eventSourceMappingSchema>;
