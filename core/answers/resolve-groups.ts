import { ValidationError } from '../errors.ts';
import type { FlowFilter, FlowValues } from '../flows/flow-filter.ts';
import type { GroupKind, NamedGroup } from '../named-groups/named-group.ts';
import { noGroup, readNamedGroups } from '../named-groups/read-named-groups.ts';
import { parseCidr } from '../policy/ip-address.ts';
import { parsePortRange } from '../policy/port-range.ts';
import type { StoreContext } from '../storage/store-context.ts';

/** The fields whose values may be groups, with the kind of the groups. */
const KIND_OF = {
  addresses: 'NETWORKS',
  srcs: 'NETWORKS',
  dsts: 'NETWORKS',
  ports: 'PORTS',
} as const satisfies Partial<Record<keyof FlowValues, GroupKind>>;

type GroupedField = keyof typeof KIND_OF;

const GROUPED_FIELDS = Object.keys(KIND_OF) as GroupedField[];

/** A group instead of values. */
export interface GroupReference {
  group: string;
}

/** Values of which some are groups. */
export type AskedValues = Omit<FlowValues, GroupedField> & {
  [Field in GroupedField]?: readonly (GroupReference | NonNullable<FlowValues[Field]>[number])[] | undefined;
};

/** A filter with groups by their names. */
export interface AskedFlowFilter extends AskedValues {
  not?: AskedValues | undefined;
}

/**
 * The filter with the present members of its groups. Groups are read if the filter has any.
 *
 * @throws NotFound for a group that doesn't exist · ValidationError for a group of networks in a
 * field of ports, and vice versa
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
    throw new ValidationError(
      `The group ${group.name} is a group of ${is}: ${field} accepts groups of ${wanted}.`,
      {
        arguments: [`filter.${field}`],
      },
    );
  }
  return group.members.map(member => (group.kind === 'PORTS' ? parsePortRange(member)! : parseCidr(member)!));
}

function isReference(value: object): value is GroupReference {
  return 'group' in value;
}
