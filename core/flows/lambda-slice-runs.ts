import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SliceRuns } from './hour-slices.ts';

/**
 * Calls the function of the flow log for a slice, without waiting for it. One that is lost is begun
 * anew by the next run.
 */
export function lambdaSliceRuns(client: LambdaClient, FunctionName: string): SliceRuns {
  return {
    async begin(slice_of) {
      const Payload = JSON.stringify({ slice_of });
      await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
    },
  };
}
