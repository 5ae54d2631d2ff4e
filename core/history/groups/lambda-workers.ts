import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Clock } from '../../time/clock.ts';
import { withTimeLimit } from '../../time/time-limit.ts';
import type { GroupWorkers } from './group-workers.ts';
import type { GroupRequest } from './read-group.ts';

/**
 * A client for as many concurrent calls as there are groups. The caller's signal ends calls without
 * an answer.
 */
export function makeWorkerClient(): LambdaClient {
  return new LambdaClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1000,
      httpsAgent: { maxSockets: 64 },
      httpAgent: { maxSockets: 64 },
    },
  });
}

export interface LambdaWorkersOptions {
  client: LambdaClient;
  FunctionName: string;
  clock: Clock;
  /** Groups that have not ended by then are late, milliseconds since the epoch. */
  deadline: number;
  /** Called for a group that was not read. */
  onFailure: (request: GroupRequest, cause: unknown) => void;
}

/** Reads each group with a call of a function, all at the same time. */
export function lambdaWorkers(options: LambdaWorkersOptions): GroupWorkers {
  const { client, FunctionName, clock, deadline, onFailure } = options;
  return {
    async read(requests) {
      const call = async (request: GroupRequest, abortSignal: AbortSignal): Promise<void> => {
        const Payload = JSON.stringify(request);
        const { FunctionError, Payload: answer } = await client.send(
          new InvokeCommand({ FunctionName, Payload }),
          { abortSignal },
        );
        if (FunctionError) throw new Error(`${FunctionError}: ${answer?.transformToString()}`);
      };
      await withTimeLimit(Math.max(0, deadline - clock()), async signal => {
        await Promise.all(
          requests.map(request => call(request, signal).catch(cause => onFailure(request, cause))),
        );
      });
    },
  };
}
