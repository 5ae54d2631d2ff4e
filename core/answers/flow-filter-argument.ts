import { z } from 'zod';
import type { FlowFilter } from '../flows/flow-filter.ts';
import { APPLICATION_CLASSES } from '../policy/application-class.ts';
import { parseCidr } from '../policy/ip-address.ts';
import { optionalId, optionalUuid } from './id-argument.ts';

const network = z
  .string()
  .nullish()
  .transform((given, context) => {
    if (given === null || given === undefined) return undefined;
    const cidr = parseCidr(given);
    if (!cidr) context.addIssue('must be an address or prefix such as 10.1.0.0/16 or 2001:db8::/32');
    return cidr;
  });

function upTo(max: number) {
  const rule = `must be a whole number from 0 to ${max}`;
  return z
    .int(rule)
    .min(0, rule)
    .max(max, rule)
    .nullish()
    .transform(given => given ?? undefined);
}

/** `filter` of the queries on logged flows; nothing given is everything. */
export const flowFilter = z
  .object({
    policy_id: optionalId,
    site_id: optionalUuid,
    endpoint_id: optionalId,
    edge_id: optionalId,
    address: network,
    src: network,
    dst: network,
    port: upTo(65_535),
    protocol: upTo(255),
    application: z
      .enum(APPLICATION_CLASSES)
      .nullish()
      .transform(given => given ?? undefined),
  })
  .nullish()
  .transform((given): FlowFilter => given ?? {});
