import { ValidationError } from '../../core/errors.ts';

/**
 * Maximum bytes of JSON in an answer: AppSync accepts 1 MB from a resolver, and Lambda 6 MB from a
 * function.
 */
export const MAX_ANSWER_BYTES = 900_000;

/** Share of the room that the next attempt aims to fill, because rows differ in size. */
const FILL_SHARE = 0.8;

export interface SizedQuery<T> {
  arguments: Record<string, unknown>;
  /** Whether it has the argument `limit`. */
  paged: boolean;
  run(given: Record<string, unknown>): Promise<T>;
  max_bytes?: number;
}

/**
 * Runs a query so that its answer fits. If a page is too large, the query runs again with a lower
 * `limit`, so that `next_token` matches the rows of the answer.
 * @throws ValidationError if the answer can't be made smaller
 */
export async function answerOfSize<T>({
  arguments: given,
  paged,
  run,
  max_bytes = MAX_ANSWER_BYTES,
}: SizedQuery<T>): Promise<T> {
  for (let asked = given; ; ) {
    const data = await run(asked);
    const bytes = Buffer.byteLength(JSON.stringify(data) ?? '');
    if (bytes <= max_bytes) return data;
    const rows = paged ? rowsOf(data) : 0;
    if (rows <= 1) throw tooLarge(bytes, max_bytes);
    asked = { ...asked, limit: Math.max(1, Math.floor((rows * max_bytes * FILL_SHARE) / bytes)) };
  }
}

/** The rows that fit in one answer, in their order. */
export function rowsThatFit<T>(rows: readonly T[], max_bytes = MAX_ANSWER_BYTES): T[] {
  let bytes = 2;
  return rows.filter(row => {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes + size > max_bytes) return false;
    bytes += size;
    return true;
  });
}

/** The number of rows of a page: the length of its longest list. */
function rowsOf(data: unknown): number {
  const lists = Object.values(Object(data)).filter(value => Array.isArray(value));
  return Math.max(0, ...lists.map(list => list.length));
}

function tooLarge(bytes: number, max_bytes: number): ValidationError {
  const size = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  return new ValidationError(
    `The answer has ${size(bytes)}, and at most ${size(max_bytes)} can be sent: request less, such as a shorter range, a narrower filter or fewer fields.`,
  );
}
