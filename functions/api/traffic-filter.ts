import { z } from 'zod';
import { optionalId, optionalUuid } from '../../core/answers/id-argument.ts';
import type { AggregateFilter } from '../../core/history/aggregate.ts';

/** `filter` of the queries on traffic; nothing given is everything. */
export const trafficFilter = z
  .object({ policy_id: optionalId, site_id: optionalUuid, endpoint_id: optionalId, edge_id: optionalId })
  .nullish()
  .transform((given): AggregateFilter => given ?? {});
