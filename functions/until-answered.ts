import type { Context } from 'aws-lambda';

/** The longest time that a timer accepts: it keeps the event loop busy and never fires. */
const HOLD_MS = 2 ** 31 - 1;

/**
 * Wraps a handler so that it ends only with an answer, a failure or its timeout. If the event loop
 * runs empty before the handler has answered, Lambda's runtime answers `null`, which event sources
 * take for success. A timer keeps the loop busy until the handler is done. Each `handler.ts`
 * exports its handler through this function.
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
