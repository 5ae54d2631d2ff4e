import { join } from 'node:path';
import type { Clock, Sleep } from '../../core/time/clock.ts';
import { type Checkpoints, fileCheckpoints, memoryCheckpoints } from '../event-sources/checkpoints.ts';
import { kinesisSource } from '../event-sources/kinesis-source.ts';
import type { ShardSource } from '../event-sources/shard-source.ts';
import { type EventSource, startStreamEventSource } from '../event-sources/stream-event-source.ts';
import { tableStreamSource } from '../event-sources/table-stream-source.ts';
import type { LambdaFunction } from '../lambda/lambda-function.ts';
import type { Queue } from '../queues/queue.ts';
import type { EventSourceMapping } from '../resources/event-source-mapping-schema.ts';
import { arn } from './physical-names.ts';

export interface EventSourceSetting {
  /** Names the checkpoints. */
  name: string;
  mapping: EventSourceMapping;
  target: LambdaFunction;
  endpoints: { dynamodb: string; kinesis: string };
  queueByArn(arn: string): Queue;
  /** Folder to keep checkpoints in; without it they are gone at the end. */
  dataDirectory?: string | undefined;
  onTrouble(trouble: unknown): void;
  clock: Clock;
  sleep: Sleep;
}

/** Starts to read the stream of an event source mapping. */
export async function startEventSource(setting: EventSourceSetting): Promise<EventSource> {
  const { name, mapping, target, queueByArn, dataDirectory, onTrouble, clock, sleep } = setting;
  const destination = mapping.DestinationConfig?.OnFailure?.Destination;
  const queue = destination === undefined ? undefined : queueByArn(destination);
  const checkpoints: Checkpoints =
    dataDirectory === undefined
      ? memoryCheckpoints()
      : await fileCheckpoints(join(dataDirectory, 'checkpoints', `${name}.json`));
  return startStreamEventSource({
    mapping,
    source: sourceOf(setting),
    target,
    checkpoints,
    onFailed: async message => queue?.send(message),
    onTrouble,
    clock,
    sleep,
  });
}

function sourceOf({ mapping, target, endpoints }: EventSourceSetting): ShardSource {
  const { EventSourceArn } = mapping;
  const [, , service, , , path = ''] = EventSourceArn.split(':');
  if (service === 'dynamodb') {
    return tableStreamSource({ endpoint: endpoints.dynamodb, streamArn: EventSourceArn });
  }
  if (service === 'kinesis') {
    return kinesisSource({
      endpoint: endpoints.kinesis,
      streamName: path.split('/')[1]!,
      streamArn: EventSourceArn,
      roleArn: arn('iam', `role/${target.name}`, { global: true }),
    });
  }
  throw new Error(`The one-machine runtime can't read events from ${EventSourceArn}.`);
}
