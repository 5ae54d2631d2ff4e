import { AwsCallError, type AwsJsonApi, callAwsJson } from '../aws/aws-json-call.ts';
import type { StreamProperties } from '../resources/stream-schema.ts';

/** What a stream on demand begins with in the cloud. */
const ON_DEMAND_SHARDS = 4;

/** Makes a Kinesis stream and waits until it takes records; one that is there from an earlier run stays as it is. */
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
