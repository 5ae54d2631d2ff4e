import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Kinesis answers within a second; a slower request is probably lost. */
const REQUEST_TIMEOUTS = {
  connectionTimeout: 3000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
} as const;

/**
 * A Kinesis client without retries of its own. It uses HTTP/1.1 instead of the SDK's HTTP/2: an
 * edge makes one call at a time, and the local engine sometimes aborts HTTP/2 connections.
 */
export function kinesisClient(config: KinesisClientConfig): KinesisClient {
  return new KinesisClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(REQUEST_TIMEOUTS),
    ...config,
  });
}
