/** Link types of tcpdump.org's registry that can be read. */
const LINK = {
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
/** Cisco FabricPath: two bytes of tag, then a whole Ethernet frame. */
const ETHERTYPE_FABRICPATH = 0x8903;
/** 802.1Q, 802.1ad and the values that were used for QinQ before it. */
const VLAN_ETHERTYPES = new Set([0x8100, 0x88a8, 0x9100, 0x9200, 0x9300]);
/** Up to here the field is the length of an IEEE 802.3 frame. */
const LARGEST_802_3_LENGTH = 1500;
/** A SNAP header whose organization says that an ethertype follows. */
const SNAP_ETHERNET = 0xaaaa0300;
const LLC_IP = 0x06;

/**
 * Not an ethertype of the wire: stands for the control word of a pseudowire (RFC 4385), which MPLS announces by a
 * nibble of 0, and the Ethernet frame after it.
 */
const ETHERTYPE_PSEUDOWIRE = 0x10000;
/** Reserved; stands for what is no IP. */
const ETHERTYPE_NONE = 0xffff;

const PPP_ETHERTYPES = new Map([
  [0x0021, ETHERTYPE_IPV4],
  [0x0057, ETHERTYPE_IPV6],
  [0x0281, ETHERTYPE_MPLS],
  [0x0283, ETHERTYPE_MPLS_MULTICAST],
]);
/** Address and control field of PPP in HDLC-like framing. */
const PPP_HDLC_HEADER = 0xff03;
/** Address fields that tell Cisco's HDLC from PPP on the same link type. */
const CISCO_UNICAST = 0x0f;
const CISCO_MULTICAST = 0x8f;

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
      return fromEthernet(view, at, end);
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

function fromEthernet(view: DataView, at: number, end: number): number {
  return at + 14 > end ? NOT_IP : fromEthertype(view, view.getUint16(at + 12), at + 14, end);
}

/** One step a header and no recursion: a frame can nest headers as deep as it is long. */
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
      const payload = afterLabels(view, at, end);
      const version = payload < end ? view.getUint8(payload) >>> 4 : NOT_IP;
      if (version !== 0) {
        return version === 4 || version === 6 ? payload : NOT_IP;
      }
      type = ETHERTYPE_PSEUDOWIRE;
      at = payload;
    } else if (type === ETHERTYPE_FABRICPATH || type === ETHERTYPE_PSEUDOWIRE) {
      at += type === ETHERTYPE_FABRICPATH ? 2 : 4;
      if (at + 14 > end) {
        return NOT_IP;
      }
      type = view.getUint16(at + 12);
      at += 14;
    } else if (type === ETHERTYPE_PPPOE_SESSION) {
      at += 6;
      type = pppEthertype(view, at, end);
      at += pppProtocolBytes(view, at, end);
    } else if (type <= LARGEST_802_3_LENGTH) {
      if (isLlcIp(view, at, end)) {
        return at + 3;
      }
      if (!isSnapEthernet(view, at, end)) {
        return NOT_IP;
      }
      type = view.getUint16(at + 6);
      at += 8;
    } else {
      return NOT_IP;
    }
  }
  return at;
}

/** Where the label stack ends; `end` if it doesn't. */
function afterLabels(view: DataView, from: number, end: number): number {
  for (let at = from; at + 4 <= end; at += 4) {
    const bottomOfStack = (view.getUint8(at + 2) & 1) === 1;
    if (bottomOfStack) {
      return at + 4;
    }
  }
  return end;
}

function fromPppLink(view: DataView, at: number, end: number): number {
  if (at + 4 > end) {
    return NOT_IP;
  }
  const address = view.getUint8(at);
  if (address === CISCO_UNICAST || address === CISCO_MULTICAST) {
    return fromEthertype(view, view.getUint16(at + 2), at + 4, end);
  }
  const ppp = view.getUint16(at) === PPP_HDLC_HEADER ? at + 2 : at;
  return fromEthertype(view, pppEthertype(view, ppp, end), ppp + pppProtocolBytes(view, ppp, end), end);
}

/** The ethertype that says the same as a PPP protocol; one that is no IP's for all others. */
function pppEthertype(view: DataView, at: number, end: number): number {
  if (at + 2 > end) {
    return ETHERTYPE_NONE;
  }
  const protocol = pppProtocolBytes(view, at, end) === 1 ? view.getUint8(at) : view.getUint16(at);
  return PPP_ETHERTYPES.get(protocol) ?? ETHERTYPE_NONE;
}

/** The protocol field has two bytes, or one where it is compressed: then it is odd, which a first byte of two never is. */
function pppProtocolBytes(view: DataView, at: number, end: number): number {
  return at < end && (view.getUint8(at) & 1) === 1 ? 1 : 2;
}

function isLlcIp(view: DataView, at: number, end: number): boolean {
  return at + 3 <= end && view.getUint8(at) === LLC_IP && view.getUint8(at + 1) === LLC_IP;
}

function isSnapEthernet(view: DataView, at: number, end: number): boolean {
  return at + 8 <= end && view.getUint32(at) === SNAP_ETHERNET && view.getUint16(at + 4) === 0;
}
