import { withTimeLimit } from '../time/time-limit.ts';

/** Why a request failed. */
export type PostFailure =
  /** `reason` in a few words, such as `ECONNREFUSED` or `no answer within 30 s`. */
  | { kind: 'no answer'; reason: string; cause: unknown }
  | { kind: 'no JSON'; status: number; text: string; cause: unknown }
  /** The API refused the request. `messages` may be empty. */
  | { kind: 'refused'; status: number; text: string; messages: string[] };

export interface PostJsonOptions {
  headers: Record<string, string>;
  /** Time limit for the whole answer. */
  timeout_ms?: number;
  fetch?: typeof globalThis.fetch;
  /** Makes the error to throw for a failure, in the caller's words. */
  errorOf(failure: PostFailure): Error;
}

export interface JsonAnswer {
  status: number;
  text: string;
  json: unknown;
}

const TIMEOUT_MS = 30_000;

/**
 * Posts a JSON text and returns the JSON answer, whatever its status.
 * @throws the error that `errorOf` makes if there is none
 */
export async function postJson(
  url: string,
  body: string,
  { headers, timeout_ms = TIMEOUT_MS, fetch = globalThis.fetch, errorOf }: PostJsonOptions,
): Promise<JsonAnswer> {
  let status: number;
  let text: string;
  try {
    ({ status, text } = await withTimeLimit(timeout_ms, async signal => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal,
      });
      return { status: response.status, text: await response.text() };
    }));
  } catch (cause) {
    throw errorOf({ kind: 'no answer', reason: reasonOf(cause, timeout_ms), cause });
  }
  try {
    return { status, text, json: JSON.parse(text) as unknown };
  } catch (cause) {
    throw errorOf({ kind: 'no JSON', status, text, cause });
  }
}

function reasonOf(cause: unknown, timeout_ms: number): string {
  const { name, cause: inner } = cause as { name?: string; cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return `no answer within ${timeout_ms / 1000} s`;
  return inner?.code ?? inner?.message ?? name ?? 'unknown error';
}
