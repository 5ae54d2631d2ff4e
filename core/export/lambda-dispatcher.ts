import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ExportDispatcher } from './export-dispatcher.ts';

/** Calls the export function without waiting for it. */
export function lambdaDispatcher(client: LambdaClient, FunctionName: string): ExportDispatcher {
  return {
    async dispatch(export_id) {
      const Payload = JSON.stringify({ export_id });
      await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
    },
  };
}
