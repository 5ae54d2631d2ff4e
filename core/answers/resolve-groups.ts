import { ValidationError } from '../errors.ts';
import type { FlowFilter, FlowValues } from '../flows/flow-filter.ts';
import type { GroupKind, NamedGroup } from '../named-groups/named-group.ts';
import { noGroup, readNamedGroups } from '../named-groups/read-named-groups.ts';
import { parseCidr } from '../policy/ip-address.ts';
import { parsePortRange } from '../policy/port-range.ts';
import type { StoreContext } from '../storage/store-context.ts';

/** The fields whose values may be groups, and of which kind. */
const KIND_OF = {
  addresses: 'NETWORKS',
  srcs: 'NETWORKS',
  dsts: 'NETWORKS',
  ports: 'PORTS',
} as const satisfies Partial<Record<keyof FlowValues, GroupKind>>;

type GroupedField = keyof typeof KIND_OF;

const GROUPED_FIELDS = Object.keys(KIND_OF) as GroupedField[];

/** A group in place of values. */
export interface GroupReference {
  group: string;
}

/** Values of which some are groups. */
export type AskedValues = Omit<FlowValues, GroupedField> & {
  [Field in GroupedField]?: readonly (GroupReference | NonNullable<FlowValues[Field]>[number])[] | undefined;
};

/** A filter as it is asked for: groups by their names. */
export interface AskedFlowFilter extends AskedValues {
  not?: AskedValues | undefined;
}

/**
 * The filter with the members of its groups as they are now; groups are read only where there are
 * any.
 *
 * @throws NotFound for a group that isn't there · ValidationError for networks where ports are
 * asked for, and the other way round
 */
export async function resolveGroups(
  context: StoreContext,
  { not, ...values }: AskedFlowFilter,
): Promise<FlowFilter> {
  const isGrouped = [values, not ?? {}].some(given =>
    GROUPED_FIELDS.some(field => given[field]?.some(isReference)),
  );
  const groups = isGrouped ? await readNamedGroups(context) : [];
  return { ...resolved(values, groups), ...(not && { not: resolved(not, groups) }) };
}

function resolved(values: AskedValues, groups: readonly NamedGroup[]): FlowValues {
  const lists = GROUPED_FIELDS.filter(field => values[field] !== undefined).map(field => [
    field,
    values[field]!.flatMap(value => (isReference(value) ? membersOf(field, value, groups) : [value])),
  ]);
  return { ...values, ...Object.fromEntries(lists) } as FlowValues;
}

function membersOf(field: GroupedField, { group: name }: GroupReference, groups: readonly NamedGroup[]) {
  const group = groups.find(each => each.name.toLowerCase() === name.toLowerCase());
  if (!group) throw noGroup(name);
  if (group.kind !== KIND_OF[field]) {
    const [is, wanted] = group.kind === 'PORTS' ? ['ports', 'networks'] : ['networks', 'ports'];
    throw new ValidationError(`The group ${group.name} is of ${is}: ${field} takes groups of ${wanted}.`, {
      arguments: [`filter.${field}`],
    });
  }
  return group.members.map(member => (group.kind === 'PORTS' ? parsePortRange(member)! : parseCidr(member)!));
}

function isReference(value: object): value is GroupReference {
  return 'group' in value;
}
