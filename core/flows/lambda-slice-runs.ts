import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SliceRuns } from './hour-slices.ts';

/**
 * Calls the flow log's function for a slice, without waiting for it. If a call is lost, the next
 * run starts the slice again.
 */
export function lambdaSliceRuns(client: LambdaClient, FunctionName: string): SliceRuns {
  return {
    async begin(slice_of) {
      const Payload = JSON.stringify({ slice_of });
      await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
    },
  };
}
