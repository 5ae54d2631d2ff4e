import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { FunctionFailure } from './function-failure.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** Lambda's delays before the retries of an asynchronous event. */
const RETRY_AFTER_MS = [60_000, 120_000];

export interface AsynchronousOptions {
  target: LambdaFunction;
  event: unknown;
  /** Calls after the first. */
  maximumRetryAttempts?: number;
  /** Called with Lambda's message if all calls failed. */
  onFailed?: ((message: Record<string, unknown>) => Promise<void>) | undefined;
  clock: Clock;
  sleep: Sleep;
}

/**
 * Calls a function with an asynchronous event, like Lambda: the caller doesn't wait for the answer,
 * failures are retried after one and after two minutes, and then go to the on-failure destination.
 * Resolves at the end, or at once if the function was stopped.
 */
export async function invokeAsynchronously(options: AsynchronousOptions): Promise<void> {
  const { target, event, maximumRetryAttempts = RETRY_AFTER_MS.length, onFailed, clock, sleep } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      await target.invoke(event);
      return;
    } catch (cause) {
      if (target.stopped) return;
      if (attempt < maximumRetryAttempts) {
        await sleep(RETRY_AFTER_MS[attempt] ?? RETRY_AFTER_MS.at(-1)!);
        continue;
      }
      const { requestId, payload } = cause as FunctionFailure;
      await onFailed?.({
        version: '1.0',
        timestamp: new Date(clock()).toISOString(),
        requestContext: {
          requestId,
          functionArn: `${target.arn}:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: attempt + 1,
        },
        requestPayload: event,
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: payload ?? { errorMessage: String(cause) },
      });
      return;
    }
  }
}
