import { z } from 'zod';
import type { FlowFilter, FlowValues } from '../flows/flow-filter.ts';
import { APPLICATION_CLASSES } from '../policy/application-class.ts';
import { parseCidr } from '../policy/ip-address.ts';
import { parsePortRange } from '../policy/port-range.ts';
import { idArgument, uuidArgument } from './id-argument.ts';

/** Alternatives that a field takes. */
const MAX_VALUES = 20;

const network = z.string().transform((given, context) => {
  const cidr = parseCidr(given);
  if (cidr) return cidr;
  context.addIssue('must be an address or prefix such as 10.1.0.0/16 or 2001:db8::/32');
  return z.NEVER;
});

const ports = z.string().transform((given, context) => {
  const range = parsePortRange(given);
  if (range) return range;
  context.addIssue('must be a port or a range of ports such as 443 or 8000-8100');
  return z.NEVER;
});

function upTo(max: number) {
  const rule = `must be a whole number from 0 to ${max}`;
  return z.int(rule).min(0, rule).max(max, rule);
}

const protocol = upTo(255);
const application = z.enum(APPLICATION_CLASSES);

const LIST_RULE = `must have 1 to ${MAX_VALUES} entries`;

function several<Value extends z.ZodType>(value: Value) {
  return z.array(value, LIST_RULE).min(1, LIST_RULE).max(MAX_VALUES, LIST_RULE).nullish();
}

const singles = z.object({
  policy_id: idArgument.nullish(),
  site_id: uuidArgument.nullish(),
  endpoint_id: idArgument.nullish(),
  edge_id: idArgument.nullish(),
  address: network.nullish(),
  src: network.nullish(),
  dst: network.nullish(),
  port: upTo(65_535)
    .transform(port => ({ from: port, to: port }))
    .nullish(),
  protocol: protocol.nullish(),
  application: application.nullish(),
});

const lists = z.object({
  policy_ids: several(idArgument),
  site_ids: several(uuidArgument),
  endpoint_ids: several(idArgument),
  edge_ids: several(idArgument),
  addresses: several(network),
  srcs: several(network),
  dsts: several(network),
  ports: several(ports),
  protocols: several(protocol),
  applications: several(application),
});

/** The field of one value, by the field of several. */
const ONE_OF = {
  policy_ids: 'policy_id',
  site_ids: 'site_id',
  endpoint_ids: 'endpoint_id',
  edge_ids: 'edge_id',
  addresses: 'address',
  srcs: 'src',
  dsts: 'dst',
  ports: 'port',
  protocols: 'protocol',
  applications: 'application',
} as const satisfies Record<keyof FlowValues, keyof typeof singles.shape>;

const FIELDS = Object.keys(ONE_OF) as (keyof FlowValues)[];

/** `filter` of a query on logged flows that has other arguments for the same: undefined where it is left out. */
export const optionalFlowFilter = z
  .object({ ...singles.shape, ...lists.shape, not: lists.nullish() })
  .nullish()
  .transform((given, context): FlowFilter | undefined => {
    if (!given) return undefined;
    const twice = FIELDS.filter(field => given[field] != null && given[ONE_OF[field]] != null);
    for (const field of twice) {
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `can't be given beside ${ONE_OF[field]}: put all values in ${field}`,
      });
    }
    const ones = FIELDS.filter(field => given[ONE_OF[field]] != null);
    return {
      ...Object.fromEntries(ones.map(field => [field, [given[ONE_OF[field]]]])),
      ...valuesOf(given),
      ...(given.not && { not: valuesOf(given.not) }),
    };
  });

/** The same; nothing given is everything. */
export const flowFilter = optionalFlowFilter.transform((given): FlowFilter => given ?? {});

/** The lists that are given. */
function valuesOf(given: z.output<typeof lists>): FlowValues {
  const fields = FIELDS.filter(field => given[field] != null);
  return Object.fromEntries(fields.map(field => [field, given[field]]));
}
