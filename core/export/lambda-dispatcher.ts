import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ExportDispatcher } from './export-dispatcher.ts';

/** A client with short time limits: a lost dispatch is retried by the clean-up. */
export function makeDispatchClient(): LambdaClient {
  return new LambdaClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  });
}

/** Calls the export function without waiting for it. */
export function lambdaDispatcher(client: LambdaClient, FunctionName: string): ExportDispatcher {
  return {
    async dispatch(export_id) {
      const Payload = JSON.stringify({ export_id });
      await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
    },
  };
}
