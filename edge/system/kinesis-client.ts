import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Kinesis answers within a second; a request that takes longer is lost on the way. */
const REQUEST_TIMEOUTS = {
  connectionTimeout: 3000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
} as const;

/**
 * A Kinesis client that leaves repeating to its caller. It speaks HTTP/1.1 rather than the SDK's
 * choice for this service, HTTP/2: an edge has one call under way at a time, and the local engine
 * breaks HTTP/2 off now and then.
 */
export function kinesisClient(config: KinesisClientConfig): KinesisClient {
  return new KinesisClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(REQUEST_TIMEOUTS),
    ...config,
  });
}
