import type { Context } from 'aws-lambda';

/** Any time that a timer takes: it is there to wait, not to run. */
const HOLD_MS = 2 ** 31 - 1;

/**
 * A handler that has an answer, a failure or its time-out, and nothing else. Lambda's runtime
 * answers `null` for a handler when its event loop runs empty first, which event sources take as
 * success: the loop has something to wait for until the handler is done. Each `handler.ts` exports
 * its handler through this.
 */
export function untilAnswered<Event, Answer>(
  handle: (event: Event, lambda: Context) => Promise<Answer>,
): (event: Event, lambda: Context) => Promise<Answer> {
  return async (event, lambda) => {
    const hold = setInterval(() => {}, HOLD_MS);
    try {
      return await handle(event, lambda);
    } finally {
      clearInterval(hold);
    }
  };
}
