import { z } from 'zod';
import { idArgument, optionalId, optionalUuid, uuidArgument } from '../../core/answers/id-argument.ts';
import { type Dimension, type DimensionFilter, idsOf } from '../../core/totals/dimension-filter.ts';

/** Maximum number of ids in a list of a filter. */
const MAX_IDS = 20;

const RULE = `must have 1 to ${MAX_IDS} ids`;

const listOf = (id: z.ZodType<string>) =>
  z
    .array(id, RULE)
    .min(1, RULE)
    .max(MAX_IDS, RULE)
    .nullish()
    .transform(given => given ?? undefined);

const lists = {
  policy_ids: listOf(idArgument),
  site_ids: listOf(uuidArgument),
  endpoint_ids: listOf(idArgument),
  edge_ids: listOf(idArgument),
};

const DIMENSIONS: readonly Dimension[] = ['policy_id', 'site_id', 'endpoint_id', 'edge_id'];

/** `filter` of the queries on traffic; without conditions it matches everything. */
export const trafficFilter = z
  .object({
    policy_id: optionalId,
    site_id: optionalUuid,
    endpoint_id: optionalId,
    edge_id: optionalId,
    ...lists,
    not: z
      .object(lists)
      .nullish()
      .transform(given => given ?? undefined),
  })
  .superRefine((filter, context) => {
    for (const dimension of DIMENSIONS) {
      const list = filter[`${dimension}s` as const];
      // An empty list has been reported already.
      if (list?.length === 0 || idsOf(filter, dimension)?.length !== 0) continue;
      const name = list ? (`${dimension}s` as const) : dimension;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `must have an id that passes the other conditions of the filter: no traffic can match filter.${name}`,
      });
    }
  })
  .nullish()
  .transform((given): DimensionFilter => given ?? {});
