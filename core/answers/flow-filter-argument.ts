import { z } from 'zod';
import { APPLICATION_CLASSES } from '../policy/application-class.ts';
import { parseCidr } from '../policy/ip-address.ts';
import { parsePortRange } from '../policy/port-range.ts';
import { idArgument, uuidArgument } from './id-argument.ts';
import type { AskedFlowFilter, AskedValues } from './resolve-groups.ts';

/** Upper limit of the alternatives in a field. */
const MAX_VALUES = 20;

const network = z.string().transform((given, context) => {
  const cidr = parseCidr(given);
  if (cidr) return cidr;
  context.addIssue('must be an address or prefix such as 10.1.0.0/16 or 2001:db8::/32');
  return z.NEVER;
});

/** A network, or a group of networks such as `@Offices`. */
const networks = z.string().transform((given, context) => {
  if (given.startsWith('@')) return { group: given.slice(1) };
  const cidr = parseCidr(given);
  if (cidr) return cidr;
  context.addIssue('must be an address, a prefix or a group such as 10.1.0.0/16, 2001:db8::/32 or @Offices');
  return z.NEVER;
});

const ports = z.string().transform((given, context) => {
  if (given.startsWith('@')) return { group: given.slice(1) };
  const range = parsePortRange(given);
  if (range) return range;
  context.addIssue('must be a port, a range of ports or a group such as 443, 8000-8100 or @Mail');
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
  addresses: several(networks),
  srcs: several(networks),
  dsts: several(networks),
  ports: several(ports),
  protocols: several(protocol),
  applications: several(application),
});

/** The field for one value, by the field for several. */
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
} as const satisfies Record<keyof AskedValues, keyof typeof singles.shape>;

const FIELDS = Object.keys(ONE_OF) as (keyof AskedValues)[];

/**
 * `filter` of a query of logged flows that has other arguments for the same; undefined if it is
 * left out.
 */
export const optionalFlowFilter = z
  .object({ ...singles.shape, ...lists.shape, not: lists.nullish() })
  .nullish()
  .transform((given, context): AskedFlowFilter | undefined => {
    if (!given) return undefined;
    const twice = FIELDS.filter(field => given[field] != null && given[ONE_OF[field]] != null);
    for (const field of twice) {
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `can't be given together with ${ONE_OF[field]}: put all values in ${field}`,
      });
    }
    const { not } = given;
    return {
      ...valuesOf(field => given[field] ?? listOf(given[ONE_OF[field]])),
      ...(not && { not: valuesOf(field => not[field]) }),
    };
  });

/** The same; without it everything passes. */
export const flowFilter = optionalFlowFilter.transform((given): AskedFlowFilter => given ?? {});

function listOf<Value>(value: Value | null | undefined): Value[] | undefined {
  return value == null ? undefined : [value];
}

/** The given lists. */
function valuesOf(list: (field: keyof AskedValues) => unknown): AskedValues {
  const entries = FIELDS.map(field => [field, list(field)] as const);
  return Object.fromEntries(entries.filter(([, values]) => values != null));
}
