import { join } from 'node:path';
import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { type Checkpoints, fileCheckpoints, memoryCheckpoints } from '../../event-sources/checkpoints.ts';
import { kinesisSource } from '../../event-sources/kinesis-source.ts';
import type { ShardSource } from '../../event-sources/shard-source.ts';
import { type EventSource, startStreamEventSource } from '../../event-sources/stream-event-source.ts';
import { tableStreamSource } from '../../event-sources/table-stream-source.ts';
import type { LambdaFunction } from '../../lambda/lambda-function.ts';
import { noEffect, TAGS } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { Host, Making, ResourceType } from '../resource-type.ts';
import { functionAt } from './lambda-alias.ts';
import { queueAt } from './sqs-queue.ts';

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
    .literal(1, "only 1: more would not keep the order of an edge's reports")
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

type MappingProperties = z.output<typeof eventSourceMappingSchema>;

export const lambdaEventSourceMapping: ResourceType<MappingProperties> = {
  type: 'AWS::Lambda::EventSourceMapping',
  schema: eventSourceMappingSchema,
  async start(making) {
    if (!making.properties.Enabled) return () => {};
    const source = await startEventSource(making);
    return () => source.stop();
  },
};

/** Starts to read the stream of an event source mapping. */
async function startEventSource({
  resource,
  properties: mapping,
  made,
  host,
}: Making<MappingProperties>): Promise<EventSource> {
  const target = functionAt(made, mapping.FunctionName);
  const destination = mapping.DestinationConfig?.OnFailure?.Destination;
  const queue = destination === undefined ? undefined : queueAt(made, destination);
  return startStreamEventSource({
    mapping,
    source: sourceOf(mapping.EventSourceArn, target, host),
    target,
    checkpoints: await checkpointsOf(physicalName(resource), host),
    onFailed: async message => queue?.send(message),
    onTrouble: trouble => host.onTrouble(`reading ${mapping.EventSourceArn}`, trouble),
    clock: host.clock,
    sleep: host.sleep,
  });
}

async function checkpointsOf(name: string, { dataDirectory }: Host): Promise<Checkpoints> {
  if (dataDirectory === undefined) return memoryCheckpoints();
  return fileCheckpoints(join(dataDirectory, 'checkpoints', `${name}.json`));
}

function sourceOf(streamArn: string, target: LambdaFunction, { engines }: Host): ShardSource {
  const [, , service, , , path = ''] = streamArn.split(':');
  if (service === 'dynamodb') return tableStreamSource({ endpoint: engines.dynamodb, streamArn });
  if (service === 'kinesis') {
    return kinesisSource({
      endpoint: engines.kinesis,
      streamName: path.split('/')[1]!,
      streamArn,
      roleArn: arn('iam', `role/${target.name}`, { global: true }),
    });
  }
  throw new Error(`The one-machine runtime can't read events from ${streamArn}.`);
}
