import { ETHERTYPE, guess, ppp, WHOLE_FRAME, walkToIp } from './ethertypes.ts';
import { FrameWalk, WALK_ON, type WalkStep } from './frame-walk.ts';
import { fromJuniper } from './juniper.ts';
import { nflog } from './nflog.ts';
import { SKIP, skipLinkType } from './skip-reason.ts';

const ETHERNET = 1;
const ETHERNET_BYTES = 14;

interface LinkType {
  /** For messages; link types of one family share the name of the first. */
  name?: string;
  /** Moves a walk from the frame's beginning to the first ethertype. */
  step: WalkStep;
}

/**
 * Supported link types of tcpdump.org's registry. For a new one, add a line here and a frame in the
 * test `capture-links.test.ts`.
 */
const LINKS = new Map<number, LinkType>([
  [0, { name: 'BSD loopback', step: bsdLoopback }],
  [ETHERNET, { name: 'Ethernet', step: frameAfter(0) }],
  [9, { name: 'PPP', step: pppLink }],
  [12, { step: ip }],
  [14, { step: ip }],
  [50, { step: pppLink }],
  [101, { name: 'raw IP', step: ip }],
  [104, { name: 'Cisco HDLC', step: ethertypeAt(2) }],
  [107, { name: 'frame relay', step: frameRelay }],
  [108, { step: openBsdLoopback }],
  [113, { name: 'Linux cooked', step: linuxCooked }],
  // Juniper's own header before the frame; the number is that of the cookie's bytes.
  [133, { step: fromJuniper(juniperGuess, 8) }],
  [136, { step: fromJuniper(juniperGuess, 8) }],
  [164, { step: fromJuniper(juniperGuess, 8) }],
  [167, { step: fromJuniper(frameAfter(0)) }],
  [168, { step: fromJuniper(ethertypeAt(0)) }],
  [178, { name: 'Juniper Ethernet', step: fromJuniper(frameAfter(0)) }],
  [179, { step: fromJuniper(pppLink) }],
  [180, { step: fromJuniper(frameRelay) }],
  [181, { step: fromJuniper(ethertypeAt(2)) }],
  [192, { name: 'PPI', step: ppi }],
  [228, { step: ip }],
  [229, { step: ip }],
  [239, { name: 'NFLOG', step: nflog }],
  [276, { step: linuxCooked2 }],
  // Tags of switch chips (DSA): after the addresses, or before the frame.
  [281, { name: 'DSA', step: ethertypeAt(16) }],
  [282, { step: frameAfter(4) }],
  [283, { step: ethertypeAt(16) }],
  [284, { step: ethertypeAt(20) }],
]);

export function isSupportedLink(linkType: number): boolean {
  return LINKS.has(linkType);
}

/** The families of link types that can be read, for a message. */
export function supportedLinks(): string {
  return [...LINKS]
    .filter(([, { name }]) => name !== undefined)
    .map(([linkType, { name }]) => `${name} (${linkType})`)
    .join(', ');
}

const walk = new FrameWalk();

/**
 * The position of the outermost IP header of a frame, after tags, MPLS and PPPoE. For a frame
 * without one, the reason (`SKIP`), a negative number. `view` holds the frame from `at` to `end`,
 * and `cut` more bytes were on the wire. The header itself contains the IP version.
 */
export function ipOffset(view: DataView, at: number, end: number, cut: number, linkType: number): number {
  // Nearly all frames of nearly all captures.
  if (linkType === ETHERNET && at + ETHERNET_BYTES <= end) {
    const ethertype = view.getUint16(at + ETHERNET_BYTES - 2);
    if (ethertype === ETHERTYPE.IPV4 || ethertype === ETHERTYPE.IPV6) {
      return at + ETHERNET_BYTES;
    }
  }
  walk.view = view;
  walk.at = at;
  walk.end = end;
  walk.cut = cut;
  walk.depth = 0;
  const reason = LINKS.get(linkType)?.step(walk) ?? skipLinkType(linkType);
  return reason === WALK_ON ? walkToIp(walk) : reason;
}

function ip(to: FrameWalk): number {
  // The header contains the version.
  to.ethertype = ETHERTYPE.IPV4;
  return WALK_ON;
}

function frameAfter(bytes: number): WalkStep {
  return to => {
    to.at += bytes;
    to.ethertype = WHOLE_FRAME;
    return WALK_ON;
  };
}

function ethertypeAt(offset: number): WalkStep {
  return to => {
    if (!to.has(offset + 2)) return SKIP.CUT_SHORT;
    to.ethertype = to.u16(offset);
    to.at += offset + 2;
    return WALK_ON;
  };
}

/** ARPHRD_NETLINK: the protocol of such a cooked frame is a netlink family, not an ethertype. */
const ARPHRD_NETLINK = 824;

function linuxCooked(to: FrameWalk): number {
  if (!to.has(16)) return SKIP.CUT_SHORT;
  return to.u16(2) === ARPHRD_NETLINK ? SKIP.NETLINK : ethertypeAt(14)(to);
}

function linuxCooked2(to: FrameWalk): number {
  if (!to.has(20)) return SKIP.CUT_SHORT;
  if (to.u16(8) === ARPHRD_NETLINK) return SKIP.NETLINK;
  to.ethertype = to.u16();
  to.at += 20;
  return WALK_ON;
}

const AF_INET = 2;
/** AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin. */
const AF_INET6 = new Set([10, 23, 24, 28, 30]);

function isIpFamily(family: number): boolean {
  return family === AF_INET || AF_INET6.has(family);
}

function isIpEthertype(ethertype: number): boolean {
  return ethertype === ETHERTYPE.IPV4 || ethertype === ETHERTYPE.IPV6;
}

/**
 * An address family in the order of the machine that captured, or an ethertype, as some drivers
 * write it.
 */
function bsdLoopback(to: FrameWalk): number {
  if (!to.has(4)) return SKIP.CUT_SHORT;
  const big = to.u32();
  const little = to.view.getUint32(to.at, true);
  const known =
    isIpFamily(big) ||
    isIpFamily(little) ||
    isIpEthertype(big) ||
    isIpEthertype(little) ||
    isIpEthertype(to.u16(2));
  to.at += 4;
  return known ? ip(to) : SKIP.OTHER_ADDRESS_FAMILY;
}

function openBsdLoopback(to: FrameWalk): number {
  if (!to.has(4)) return SKIP.CUT_SHORT;
  const known = isIpFamily(to.u32());
  to.at += 4;
  return known ? ip(to) : SKIP.OTHER_ADDRESS_FAMILY;
}

/** Address and control field of PPP in HDLC-like framing. */
const PPP_HDLC_HEADER = 0xff03;
/** Address fields that distinguish Cisco's HDLC from PPP on the same link type. */
const CISCO_UNICAST = 0x0f;
const CISCO_MULTICAST = 0x8f;

function pppLink(to: FrameWalk): number {
  if (!to.has(4)) return SKIP.CUT_SHORT;
  const address = to.u8();
  if (address === CISCO_UNICAST || address === CISCO_MULTICAST) return ethertypeAt(2)(to);
  if (to.u16() === PPP_HDLC_HEADER) to.at += 2;
  return ppp(to);
}

const UNNUMBERED = 0x03;
/** Network layer protocol ids (RFC 2427). */
const NLPID = { SNAP: 0x80, IPV6: 0x8e, IPV4: 0xcc };
/** The last byte of a Q.922 address has its lowest bit set. */
const MOST_ADDRESS_BYTES = 4;

/** Q.922's address, then the protocol's id (RFC 2427), or an ethertype as Cisco has it. */
function frameRelay(to: FrameWalk): number {
  let addressBytes = 2;
  while (addressBytes < MOST_ADDRESS_BYTES && to.has(addressBytes) && (to.u8(addressBytes - 1) & 1) === 0) {
    addressBytes++;
  }
  if (!to.has(addressBytes + 2)) return SKIP.CUT_SHORT;
  if (to.u8(addressBytes) !== UNNUMBERED) return ethertypeAt(addressBytes)(to);
  const padding = to.u8(addressBytes + 1) === 0 ? 1 : 0;
  to.at += addressBytes + 1 + padding;
  if (!to.has(6)) return SKIP.CUT_SHORT;
  const protocol = to.u8();
  if (protocol === NLPID.SNAP) {
    return to.u16(1) === 0 && to.u8(3) === 0 ? ethertypeAt(4)(to) : SKIP.NO_IP_IN_FRAME_RELAY;
  }
  to.at += 1;
  return protocol === NLPID.IPV4 || protocol === NLPID.IPV6 ? ip(to) : SKIP.NO_IP_IN_FRAME_RELAY;
}

const PPI_LINK = 192;

/** A header of its own length, little-endian, and the link type of what follows. */
function ppi(to: FrameWalk): number {
  if (!to.has(8)) return SKIP.CUT_SHORT;
  const bytes = to.view.getUint16(to.at + 2, true);
  const linkType = to.view.getUint32(to.at + 4, true);
  if (to.u8() !== 0 || bytes < 8) return SKIP.UNKNOWN_TAG_VERSION;
  to.at += bytes;
  const inner = linkType === PPI_LINK ? undefined : LINKS.get(linkType);
  return inner ? inner.step(to) : skipLinkType(linkType & 0xffff);
}

function juniperGuess(to: FrameWalk): number {
  return to.has(1) ? guess(to, SKIP.NO_IP_IN_JUNIPER) : SKIP.CUT_SHORT;
}
