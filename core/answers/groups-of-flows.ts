import type { GroupsOfFlows } from '../flows/flow-stats.ts';
import type { NamedGroup } from '../named-groups/named-group.ts';
import { parseCidr, parseKnownAddress } from '../policy/ip-address.ts';
import { NetworkTable } from '../policy/network-table.ts';
import { MAX_PORT, parsePortRange } from '../policy/port-range.ts';

/**
 * Finds the one group of an address or a port: the group with the longest prefix or the narrowest
 * range that contains it, and of equal ones the group whose name sorts first. So sums by group have
 * each flow once.
 */
export function groupsOfFlows(groups: readonly NamedGroup[]): GroupsOfFlows {
  const byName = groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const membersOf = (kind: NamedGroup['kind']) =>
    byName
      .filter(group => group.kind === kind)
      .flatMap(({ name, members }) => members.map(member => ({ name, member })));
  const networks = new NetworkTable(
    membersOf('NETWORKS').map(({ name, member }) => [parseCidr(member)!, name] as const),
  );
  const ports = new Array<string | null>(MAX_PORT + 1).fill(null);
  const ranges = membersOf('PORTS').map(({ name, member }) => ({ name, ...parsePortRange(member)! }));
  // Narrower ranges are later in the list and win; of equal ones the name that sorts first wins.
  const inOrder = ranges.reverse().toSorted((a, b) => b.to - b.from - (a.to - a.from));
  for (const { name, from, to } of inOrder) ports.fill(name, from, to + 1);
  return {
    ofAddress(text) {
      const address = parseKnownAddress(text);
      return (address && networks.longest(address)) ?? null;
    },
    ofPort: port => ports[port] ?? null,
  };
}
