import { type KinesisClient, PutRecordsCommand, type PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import type { LocateLocalSystem } from './follow-local-system.ts';
import { kinesisClient } from './kinesis-client.ts';

/** Puts records on a stream. */
export interface StreamClient {
  send(command: PutRecordsCommand): Promise<PutRecordsCommandOutput>;
  destroy(): void;
}

/** The stream of a local system, whose address is looked up at each attempt. */
export function localStream(locate: LocateLocalSystem): StreamClient {
  let current: { endpoint: string; client: KinesisClient } | undefined;
  return {
    async send({ input }) {
      const { kinesis: endpoint, region, stream } = await locate();
      if (current?.endpoint !== endpoint) {
        current?.client.destroy();
        current = { endpoint, client: kinesisClient({ endpoint, region, credentials: LOCAL_CREDENTIALS }) };
      }
      return current.client.send(new PutRecordsCommand({ ...input, StreamName: stream }));
    },
    destroy: () => current?.client.destroy(),
  };
}
