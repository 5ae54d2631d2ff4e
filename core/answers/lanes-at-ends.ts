import { NotFound } from '../errors.ts';
import { type LanesAt, readLanesAtEnds } from '../history/lane-history.ts';
import type { DimensionFilter } from '../totals/dimension-filter.ts';
import type { Asking } from './asking.ts';

/**
 * The lanes at both ends of a range, or those that may pass a filter. `before` is undefined if the
 * system did not exist yet, so that everything counts from zero.
 *
 * @throws NotFound if no snapshot of an end is kept
 */
export async function lanesAtEnds(
  { context, retention }: Pick<Asking, 'context' | 'retention'>,
  range: { from: number; to: number; now: number; filter: DimensionFilter },
): Promise<{ before: LanesAt | undefined; after: LanesAt }> {
  const store = { ...context, table: context.tables.traffic };
  const { before, after, lost } = await readLanesAtEnds(store, { ...range, retention });
  if (!after) {
    throw new NotFound('No snapshot was taken before the end of this range: choose a later value for to.');
  }
  if (lost) {
    throw new NotFound(
      'No snapshot from before the beginning of this range is kept: choose a later value for from.',
    );
  }
  return { before, after };
}
