import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import { AwsCallError, type AwsJsonApi, callAwsJson } from '../../aws/aws-json-call.ts';
import { ENCRYPTION, noEffect, TAGS } from '../no-effect.ts';
import { physicalName } from '../physical-name.ts';
import type { ResourceType } from '../resource-type.ts';

export const streamSchema = z.strictObject({
  Name: z.string().optional(),
  ShardCount: z.int().min(1).optional(),
  StreamModeDetails: z.strictObject({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
  RetentionPeriodHours: noEffect('kinesis-local keeps records as long as it runs, or as long as its file'),
  StreamEncryption: ENCRYPTION,
  Tags: TAGS,
});

export type StreamProperties = z.output<typeof streamSchema>;

export const kinesisStream: ResourceType<StreamProperties> = {
  type: 'AWS::Kinesis::Stream',
  schema: streamSchema,
  async make({ resource, properties, host }) {
    const name = properties.Name ?? physicalName(resource);
    await createStream(host.engines.kinesis, name, properties);
    return { attributes: { Ref: name, Arn: arn('kinesis', `stream/${name}`) }, value: undefined };
  },
};

/** Initial number of shards of an on-demand stream in the cloud. */
const ON_DEMAND_SHARDS = 4;

/**
 * Makes a Kinesis stream and waits until it accepts records. A stream of an earlier run is not
 * changed.
 */
export async function createStream(
  endpoint: string,
  name: string,
  { ShardCount, StreamModeDetails }: StreamProperties,
): Promise<void> {
  const api: AwsJsonApi = { endpoint, target: 'Kinesis_20131202', jsonVersion: '1.1' };
  const onDemand = StreamModeDetails?.StreamMode === 'ON_DEMAND';
  try {
    await callAwsJson(api, 'CreateStream', {
      StreamName: name,
      ShardCount: onDemand ? ON_DEMAND_SHARDS : (ShardCount ?? 1),
    });
  } catch (cause) {
    if (!(cause instanceof AwsCallError && cause.name === 'ResourceInUseException')) throw cause;
  }
  for (;;) {
    const { StreamDescriptionSummary } = await callAwsJson<{
      StreamDescriptionSummary: { StreamStatus: string };
    }>(api, 'DescribeStreamSummary', { StreamName: name });
    if (StreamDescriptionSummary.StreamStatus === 'ACTIVE') return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
