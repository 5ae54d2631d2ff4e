import { z } from 'zod';
import type { AggregateFilter } from '../../core/history/aggregate.ts';
import { optionalId } from './id-argument.ts';

/** `filter` of the queries on traffic; nothing given is everything. */
export const trafficFilter = z
  .object({ policy_id: optionalId, site_id: optionalId, endpoint_id: optionalId, edge_id: optionalId })
  .nullish()
  .transform((given): AggregateFilter => given ?? {});
