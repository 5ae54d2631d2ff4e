import { z } from 'zod';
import { ORDERS } from '../../core/history/aggregate.ts';
import { timeArgument } from './time-argument.ts';
import { trafficFilter } from './traffic-filter.ts';
import { wholeNumber } from './whole-number.ts';

/** The figure by which the largest groups are chosen. */
export const orderArgument = z
  .enum(ORDERS, `must be ${ORDERS.join(' or ')}`)
  .nullish()
  .transform(order => order ?? 'BYTES');

/**
 * Arguments of a query that groups the traffic between two instants by one or more of `groups`,
 * each once.
 */
export function groupingArguments<const Group extends string>(groups: readonly Group[]) {
  const rule = `group_by must have one to four of ${groups.join(', ')}, each once.`;
  return z.object({
    group_by: z
      .array(z.enum(groups as readonly [Group, ...Group[]], rule), rule)
      .min(1, rule)
      .refine(given => new Set(given).size === given.length, rule),
    from: timeArgument,
    to: timeArgument,
    filter: trafficFilter,
    order_by: orderArgument,
    limit: wholeNumber('limit', { max: 1000, fallback: 20 }),
    next_token: z.string().nullish(),
  });
}
