/**
 * Why a frame has no packet that can be counted: a negative number, while the position of an IP
 * header is 0 or more. So a reason needs no object; an ethertype and a link type are part of the
 * number.
 */
export const SKIP = {
  CUT_SHORT: -1,
  NO_SOUND_HEADER: -2,
  ENCRYPTED: -3,
  NO_IP_IN_MPLS: -4,
  NO_IP_IN_802_3: -5,
  NO_IP_IN_PPP: -6,
  NO_IP_IN_NSH: -7,
  NO_IP_IN_NFLOG: -8,
  NO_IP_IN_JUNIPER: -9,
  NO_IP_IN_FRAME_RELAY: -10,
  NETLINK: -11,
  OTHER_ADDRESS_FAMILY: -12,
  NESTED_TOO_DEEPLY: -13,
  UNKNOWN_TAG_VERSION: -14,
  NO_INTERFACE: -15,
} as const;

const NAMES: Record<number, string> = {
  [SKIP.CUT_SHORT]: 'cut short',
  [SKIP.NO_SOUND_HEADER]: 'no sound ip header',
  [SKIP.ENCRYPTED]: 'encrypted',
  [SKIP.NO_IP_IN_MPLS]: 'no ip in mpls',
  [SKIP.NO_IP_IN_802_3]: 'no ip in 802.3',
  [SKIP.NO_IP_IN_PPP]: 'no ip in ppp',
  [SKIP.NO_IP_IN_NSH]: 'no ip in nsh',
  [SKIP.NO_IP_IN_NFLOG]: 'no ip in nflog',
  [SKIP.NO_IP_IN_JUNIPER]: 'no ip in juniper',
  [SKIP.NO_IP_IN_FRAME_RELAY]: 'no ip in frame relay',
  [SKIP.NETLINK]: 'netlink',
  [SKIP.OTHER_ADDRESS_FAMILY]: 'other address family',
  [SKIP.NESTED_TOO_DEEPLY]: 'nested too deeply',
  [SKIP.UNKNOWN_TAG_VERSION]: 'unknown tag version',
  [SKIP.NO_INTERFACE]: 'interface not described',
};

const ARP = 0x0806;
const ETHERTYPES = -0x10000;
const LINK_TYPES = -0x20000;

/** The reason for a frame whose ethertype carries no IP. */
export function skipEthertype(ethertype: number): number {
  return ETHERTYPES - ethertype;
}

export const SKIP_ARP = skipEthertype(ARP);

/** The reason for a frame with an unsupported link type. */
export function skipLinkType(linkType: number): number {
  return LINK_TYPES - linkType;
}

/** The link type for which a frame was skipped; undefined for other reasons. */
export function skippedLinkType(reason: number): number | undefined {
  return reason <= LINK_TYPES ? LINK_TYPES - reason : undefined;
}

/** The name of a reason in a summary: `arp`, `ethertype 0x88cc`, `link type 127`. */
export function skipReasonName(reason: number): string {
  if (reason === SKIP_ARP) return 'arp';
  if (reason <= LINK_TYPES) return `link type ${LINK_TYPES - reason}`;
  if (reason <= ETHERTYPES) return `ethertype 0x${(ETHERTYPES - reason).toString(16).padStart(4, '0')}`;
  return NAMES[reason] ?? 'other';
}
