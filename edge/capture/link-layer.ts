/** Link types of tcpdump.org's registry that can be read. */
export const LINK = {
  NULL: 0,
  ETHERNET: 1,
  PPP: 9,
  RAW_BSD: 12,
  RAW_OPENBSD: 14,
  PPP_HDLC: 50,
  RAW: 101,
  CISCO_HDLC: 104,
  LOOP: 108,
  LINUX_COOKED: 113,
  IPV4: 228,
  IPV6: 229,
  LINUX_COOKED_2: 276,
} as const;

const NAMES: Record<number, string> = {
  [LINK.ETHERNET]: 'Ethernet',
  [LINK.RAW]: 'raw IP',
  [LINK.LINUX_COOKED]: 'Linux cooked',
  [LINK.NULL]: 'BSD loopback',
  [LINK.PPP]: 'PPP',
  [LINK.CISCO_HDLC]: 'Cisco HDLC',
};

const SUPPORTED = new Set<number>(Object.values(LINK));

export function isSupportedLink(linkType: number): boolean {
  return SUPPORTED.has(linkType);
}

/** The families of link types that can be read, for a message. */
export function supportedLinks(): string {
  return Object.entries(NAMES)
    .map(([type, name]) => `${name} (${type})`)
    .join(', ');
}

const NOT_IP = -1;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;
const ETHERTYPE_PPPOE_SESSION = 0x8864;
/** 802.1Q, 802.1ad and the values that were used for QinQ before it. */
const VLAN_ETHERTYPES = new Set([0x8100, 0x88a8, 0x9100, 0x9200, 0x9300]);
/** Up to here the field is the length of an IEEE 802.3 frame. */
const LARGEST_802_3_LENGTH = 1500;
/** A SNAP header whose organization says that an ethertype follows. */
const SNAP_ETHERNET = 0xaaaa0300;
const LLC_IP = 0x06;

const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;
/** Address and control field of PPP in HDLC-like framing. */
const PPP_HDLC_HEADER = 0xff03;

/** ARPHRD_NETLINK: the protocol of such a cooked frame is a netlink family, no ethertype. */
const ARPHRD_NETLINK = 824;

const AF_INET = 2;
/** AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin. */
const AF_INET6 = new Set([10, 23, 24, 28, 30]);

/**
 * Where the outermost IP header of a frame begins, looking through VLAN, QinQ, MPLS and PPPoE; −1 for a frame that
 * carries none. `view` holds the frame from `at` to `end`. Which IP version it is, the header itself says.
 */
export function ipOffset(view: DataView, at: number, end: number, linkType: number): number {
  switch (linkType) {
    case LINK.ETHERNET:
      return at + 14 > end ? NOT_IP : fromEthertype(view, view.getUint16(at + 12), at + 14, end);
    case LINK.RAW:
    case LINK.RAW_BSD:
    case LINK.RAW_OPENBSD:
    case LINK.IPV4:
    case LINK.IPV6:
      return at;
    case LINK.LINUX_COOKED:
      return at + 16 > end || view.getUint16(at + 2) === ARPHRD_NETLINK
        ? NOT_IP
        : fromEthertype(view, view.getUint16(at + 14), at + 16, end);
    case LINK.LINUX_COOKED_2:
      return at + 20 > end || view.getUint16(at + 8) === ARPHRD_NETLINK
        ? NOT_IP
        : fromEthertype(view, view.getUint16(at), at + 20, end);
    case LINK.NULL:
      return at + 4 <= end && (isIpFamily(view.getUint32(at)) || isIpFamily(view.getUint32(at, true)))
        ? at + 4
        : NOT_IP;
    case LINK.LOOP:
      return at + 4 <= end && isIpFamily(view.getUint32(at)) ? at + 4 : NOT_IP;
    case LINK.PPP:
    case LINK.PPP_HDLC:
      return fromPppLink(view, at, end);
    case LINK.CISCO_HDLC:
      return at + 4 > end ? NOT_IP : fromEthertype(view, view.getUint16(at + 2), at + 4, end);
    default:
      return NOT_IP;
  }
}

function isIpFamily(family: number): boolean {
  return family === AF_INET || AF_INET6.has(family);
}

function fromEthertype(view: DataView, ethertype: number, from: number, end: number): number {
  let type = ethertype;
  let at = from;
  while (type !== ETHERTYPE_IPV4 && type !== ETHERTYPE_IPV6) {
    if (VLAN_ETHERTYPES.has(type)) {
      if (at + 4 > end) {
        return NOT_IP;
      }
      type = view.getUint16(at + 2);
      at += 4;
    } else if (type === ETHERTYPE_MPLS || type === ETHERTYPE_MPLS_MULTICAST) {
      return fromMpls(view, at, end);
    } else if (type === ETHERTYPE_PPPOE_SESSION) {
      return at + 6 > end ? NOT_IP : fromPpp(view, at + 6, end);
    } else {
      return type <= LARGEST_802_3_LENGTH ? fromLlc(view, at, end) : NOT_IP;
    }
  }
  return at;
}

/** Passes the label stack; MPLS doesn't say what is below it, so the first nibble has to. */
function fromMpls(view: DataView, from: number, end: number): number {
  for (let at = from; at + 5 <= end; at += 4) {
    const bottomOfStack = (view.getUint8(at + 2) & 1) === 1;
    if (bottomOfStack) {
      const version = view.getUint8(at + 4) >>> 4;
      return version === 4 || version === 6 ? at + 4 : NOT_IP;
    }
  }
  return NOT_IP;
}

function fromPppLink(view: DataView, at: number, end: number): number {
  if (at + 4 > end) {
    return NOT_IP;
  }
  const address = view.getUint8(at);
  if (address === 0x0f || address === 0x8f) {
    return fromEthertype(view, view.getUint16(at + 2), at + 4, end);
  }
  return fromPpp(view, view.getUint16(at) === PPP_HDLC_HEADER ? at + 2 : at, end);
}

/** The protocol field has two bytes, or one where it is compressed: then it is odd, which a first byte of two never is. */
function fromPpp(view: DataView, at: number, end: number): number {
  if (at + 2 > end) {
    return NOT_IP;
  }
  const short = (view.getUint8(at) & 1) === 1;
  const protocol = short ? view.getUint8(at) : view.getUint16(at);
  const next = at + (short ? 1 : 2);
  switch (protocol) {
    case PPP_IPV4:
    case PPP_IPV6:
      return next;
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      return fromMpls(view, next, end);
    default:
      return NOT_IP;
  }
}

/** IEEE 802.3: an LLC header, IP's own or that of SNAP with an ethertype. */
function fromLlc(view: DataView, at: number, end: number): number {
  if (at + 3 > end) {
    return NOT_IP;
  }
  if (view.getUint8(at) === LLC_IP && view.getUint8(at + 1) === LLC_IP) {
    return at + 3;
  }
  if (at + 8 > end || view.getUint32(at) !== SNAP_ETHERNET || view.getUint16(at + 4) !== 0) {
    return NOT_IP;
  }
  return fromEthertype(view, view.getUint16(at + 6), at + 8, end);
}
