import { ValidationError } from '../../core/errors.ts';

/**
 * The most bytes of JSON that an answer has: AppSync takes 1 MB of a resolver, and Lambda 6 MB of a
 * function.
 */
export const MAX_ANSWER_BYTES = 900_000;

/** Of what would fit, so much is asked for: rows differ in size. */
const SHARE = 0.8;

export interface SizedQuery<T> {
  arguments: Record<string, unknown>;
  /** Whether it takes `limit`. */
  paged: boolean;
  run(given: Record<string, unknown>): Promise<T>;
  max_bytes?: number;
}

/**
 * Runs a query so that its answer fits. A page that is too large is asked for again with a lower
 * `limit`, so that its `next_token` is the one that belongs to the rows it has.
 * @throws ValidationError for an answer that can't be made smaller
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
    asked = { ...asked, limit: Math.max(1, Math.floor((rows * max_bytes * SHARE) / bytes)) };
  }
}

/** Those of the rows, in their order, that one answer has room for. */
export function rowsThatFit<T>(rows: readonly T[], max_bytes = MAX_ANSWER_BYTES): T[] {
  let bytes = 2;
  return rows.filter(row => {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes + size > max_bytes) return false;
    bytes += size;
    return true;
  });
}

/** Rows of a page: the longest of its lists. */
function rowsOf(data: unknown): number {
  const lists = Object.values(Object(data)).filter(value => Array.isArray(value));
  return Math.max(0, ...lists.map(list => list.length));
}

function tooLarge(bytes: number, max_bytes: number): ValidationError {
  const size = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  return new ValidationError(
    `The answer has ${size(bytes)}, and at most ${size(max_bytes)} can be sent: ask for less, such as a shorter range, a narrower filter or fewer fields.`,
  );
}
