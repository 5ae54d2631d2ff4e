import { describe, expect, it } from 'vitest';
import { FunctionFailure } from '../../../local/lambda/function-failure.ts';
import { invokeAsynchronously } from '../../../local/lambda/invoke-asynchronously.ts';

/** Calls a function that fails the first times; returns the pauses and the abandoned events. */
async function invoke(failures: number, maximumRetryAttempts?: number, stopped = false) {
  const pauses: number[] = [];
  const failed: unknown[] = [];
  let calls = 0;
  await invokeAsynchronously({
    target: {
      name: 'cleanup',
      arn: 'arn:cleanup',
      async invoke() {
        if (++calls <= failures) {
          throw new FunctionFailure(`request-${calls}`, {
            errorType: 'Error',
            errorMessage: 'no',
            trace: [],
          });
        }
        return { requestId: 'done', result: null };
      },
      stopped,
      warm: async () => {},
      stop: async () => {},
    },
    event: { a: 1 },
    ...(maximumRetryAttempts !== undefined && { maximumRetryAttempts }),
    onFailed: async message => void failed.push(message),
    clock: () => Date.UTC(2026, 0, 31, 12),
    sleep: async ms => void pauses.push(ms),
  });
  return { calls, pauses, failed };
}

describe('an asynchronous event', () => {
  it('ends at the first success', async () => {
    expect(await invoke(0)).toEqual({ calls: 1, pauses: [], failed: [] });
  });

  it('is retried after one and after two minutes', async () => {
    expect(await invoke(2)).toEqual({ calls: 3, pauses: [60_000, 120_000], failed: [] });
  });

  it('is not retried if the configuration of the function says so', async () => {
    expect(await invoke(1, 0)).toMatchObject({ calls: 1, pauses: [], failed: [expect.anything()] });
  });

  it('is given up when the function is stopped', async () => {
    expect(await invoke(1, 2, true)).toEqual({ calls: 1, pauses: [], failed: [] });
  });

  it("is sent to the on-failure destination in Lambda's format", async () => {
    expect((await invoke(3)).failed).toEqual([
      {
        version: '1.0',
        timestamp: '2026-01-31T12:00:00.000Z',
        requestContext: {
          requestId: 'request-3',
          functionArn: 'arn:cleanup:$LATEST',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { a: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'no', trace: [] },
      },
    ]);
  });
});
