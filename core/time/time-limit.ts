import { systemSchedule } from './schedule.ts';

/**
 * Returns the result of `use`, whose signal is aborted with a `TimeoutError` after `ms`
 * milliseconds. `use` must obey its signal. Unlike `AbortSignal.timeout`, whose timer doesn't keep
 * a process alive, the limit also applies when the process waits for nothing else.
 *
 * @example
 * const text = await withTimeLimit(1000, async signal => (await fetch(url, { signal })).text());
 */
export async function withTimeLimit<T>(ms: number, use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const cancel = systemSchedule(ms, () => {
    abort.abort(new DOMException(`No answer came within ${ms} ms.`, 'TimeoutError'));
  });
  try {
    return await use(abort.signal);
  } finally {
    cancel();
  }
}
