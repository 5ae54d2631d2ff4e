import { z } from 'zod';
import type { AggregateFilter } from '../../core/history/aggregate.ts';

const id = z
  .string()
  .nullish()
  .transform(given => given ?? undefined);

/** `filter` of the queries on traffic; nothing given is everything. */
export const trafficFilter = z
  .object({ policy_id: id, site_id: id, endpoint_id: id, edge_id: id })
  .nullish()
  .transform((given): AggregateFilter => given ?? {});
