import { z } from 'zod';
import { formatAddress, parseCidr } from '../policy/ip-address.ts';
import { parsePortRange } from '../policy/port-range.ts';
import type { ItemKey } from '../storage/item.ts';

/** A group contains addresses and prefixes, or ports and ranges of ports. */
export const GROUP_KINDS = ['NETWORKS', 'PORTS'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

/** Networks or ports under one name, such as "Offices" or "Mail". */
export interface NamedGroup {
  /** Names are compared without regard to case. */
  name: string;
  kind: GroupKind;
  /** Such as `10.1.0.0/16`, or `443` and `8000-8100`; each once. */
  members: string[];
  /** RFC 3339. */
  updated_at: string;
}

/** Maximum of groups. */
export const MAX_GROUPS = 200;

/** Maximum of members of a group. */
const MAX_MEMBERS = 100;

export const GROUP_PARTITION = 'NAMED_GROUP';

export function groupKey(name: string): ItemKey {
  return { pk: GROUP_PARTITION, sk: name.toLowerCase() };
}

const NAME_RULE =
  'name must be 1 to 40 letters, digits, dots, hyphens and underscores, the first a letter or a digit.';

export const groupName = z.string(NAME_RULE).regex(/^[a-z\d][\w.-]{0,39}$/i, NAME_RULE);

const MEMBERS_RULE = `members must be 1 to ${MAX_MEMBERS} entries.`;

const MEMBER_RULES: Record<GroupKind, string> = {
  NETWORKS: 'members of NETWORKS must be addresses or prefixes such as 10.1.0.0/16 or 2001:db8::/32.',
  PORTS: 'members of PORTS must be ports or ranges of ports such as 443 or 8000-8100.',
};

/** Input of a group; members become canonical, each once. */
export const namedGroupInput = z
  .object({
    name: groupName,
    kind: z.enum(GROUP_KINDS),
    members: z.array(z.string()).min(1, MEMBERS_RULE).max(MAX_MEMBERS, MEMBERS_RULE),
  })
  .transform(({ name, kind, members }, context) => {
    const written = members.map(kind === 'NETWORKS' ? networkText : portsText);
    if (written.includes(undefined)) {
      context.addIssue({ code: 'custom', path: ['members'], message: MEMBER_RULES[kind] });
      return z.NEVER;
    }
    return { name, kind, members: [...new Set(written)] as string[] };
  });

export type NamedGroupInput = z.output<typeof namedGroupInput>;

/** A stored group; each change raises `revision`. */
export const namedGroupItem = z.object({
  name: z.string(),
  kind: z.enum(GROUP_KINDS),
  members: z.array(z.string()),
  updated_at: z.string(),
  revision: z.number(),
});

function networkText(text: string): string | undefined {
  const network = parseCidr(text);
  if (!network) return undefined;
  const { address, length } = network;
  const isHost = length === (address.family === 4 ? 32 : 128);
  return isHost ? formatAddress(address) : `${formatAddress(address)}/${length}`;
}

function portsText(text: string): string | undefined {
  const range = parsePortRange(text);
  if (!range) return undefined;
  return range.from === range.to ? `${range.from}` : `${range.from}-${range.to}`;
}
