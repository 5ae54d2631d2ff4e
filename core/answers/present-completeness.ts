import type { Completeness } from '../../graphql/schema.generated.ts';
import type { ReadGroups } from '../history/reading.ts';
import type { Completeness as CountedEdges } from '../inventory/edges/completeness.ts';
import { timestamp } from '../storage/store-context.ts';

/**
 * How complete a figure is, in the form of the API. `as_of` in milliseconds; without `groups` no
 * group of lanes was late.
 */
export function presentCompleteness({
  edges_expected,
  edges_heard,
  as_of,
  groups = { of: 1, late: [] },
}: CountedEdges & { as_of: number; groups?: ReadGroups | undefined }): Completeness {
  return {
    edges_expected,
    edges_heard,
    as_of: timestamp(as_of),
    late_groups: groups.late.map(({ index, taken_at }) => ({
      name: `${index} of ${groups.of}`,
      as_of: timestamp(taken_at),
    })),
  };
}
