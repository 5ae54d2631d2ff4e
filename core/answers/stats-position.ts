import { Conflict } from '../errors.ts';
import { makePageToken, readPageToken } from '../storage/page-token.ts';

const TOKEN_SHAPE = [/^\d{1,9}$/, /^[-\d.]{1,200}$/];

/**
 * Where a page of grouped rows begins, and the state of the figures at the previous page.
 */
export interface StatsPosition {
  offset: number;
  figures: string | undefined;
}

/** @throws ValidationError for a token that is not from this query */
export function readStatsPosition(query: string, next_token: string | null | undefined): StatsPosition {
  const [offset = '0', figures] = readPageToken(query, next_token, TOKEN_SHAPE) ?? [];
  return { offset: Number(offset), figures };
}

/**
 * The token for the rows after a page; null: there are none. `figures` are numbers that change with
 * the sources of the rows.
 * @throws Conflict when they have changed since the previous page
 */
export function nextStatsToken(
  query: string,
  { offset, figures: before }: StatsPosition,
  page: { rows: number; other_rows: number; figures: readonly (number | bigint)[] },
): string | null {
  const figures = page.figures.join('.');
  if (before !== undefined && before !== figures) {
    throw new Conflict(
      'The figures have changed since the previous page: begin again without next_token, or choose an earlier value for to.',
    );
  }
  return page.other_rows > 0 ? makePageToken(query, [String(offset + page.rows), figures]) : null;
}
