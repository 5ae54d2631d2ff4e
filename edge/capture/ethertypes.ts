import { type FrameWalk, WALK_ON, type WalkStep } from './frame-walk.ts';
import { ipSoundness, SOUND } from './ip-soundness.ts';
import { pppEthertype, pppProtocolBytes } from './ppp-protocol.ts';
import { SKIP, SKIP_ARP, skipEthertype } from './skip-reason.ts';

export const ETHERTYPE = {
  IPV4: 0x0800,
  IPV6: 0x86dd,
  MPLS: 0x8847,
  MPLS_MULTICAST: 0x8848,
} as const;

/** Represents an Ethernet frame from its addresses on; outside the range of real ethertypes. */
export const WHOLE_FRAME = 0x10000;
const ETHERNET_BYTES = 14;
/** Up to this value the field is the length of an IEEE 802.3 frame. */
const LARGEST_802_3_LENGTH = 1500;

/** A header of `bytes` whose last two are the next ethertype. */
function tag(bytes: number): WalkStep {
  return walk => {
    if (!walk.has(bytes)) return SKIP.CUT_SHORT;
    walk.ethertype = walk.u16(bytes - 2);
    walk.at += bytes;
    return WALK_ON;
  };
}

/** A header of `bytes` before a whole Ethernet frame. */
function beforeFrame(bytes: number): WalkStep {
  return tag(bytes + ETHERNET_BYTES);
}

/**
 * Headers between Ethernet and IP, by ethertype. For a new kind of tag, add a line here and a frame
 * in the test `capture-links.test.ts`.
 */
const STEPS = new Map<number, WalkStep>([
  [WHOLE_FRAME, beforeFrame(0)],
  // 802.1Q, 802.1ad, and the values that were used for QinQ before it.
  [0x8100, tag(4)],
  [0x88a8, tag(4)],
  [0x9100, tag(4)],
  [0x9200, tag(4)],
  [0x9300, tag(4)],
  // E-Tag (802.1BR) and Cisco's VN-Tag: between a switch and its port extenders.
  [0x893f, tag(8)],
  [0x8926, tag(6)],
  // 802.1ah: a service tag before the customer's frame.
  [0x88e7, beforeFrame(4)],
  // FabricPath: two bytes of tag before the frame.
  [0x8903, beforeFrame(2)],
  [0x22f3, trill],
  // Cisco metadata: a security group tag.
  [0x8909, ciscoMetadata],
  [0x88e5, macsec],
  // HSR (IEC 62439-3) and frame replication (802.1CB): a sequence number.
  [0x892f, tag(6)],
  [0xf1c1, tag(6)],
  // Time stamps of switches: Arista, and Cisco's ttag.
  [0xd28b, aristaTime],
  [0x8988, tag(8)],
  // Marvell's tag with an ethertype of its own.
  [0xdada, tag(8)],
  [0x894f, serviceHeader],
  [0x8864, pppoeSession],
  [ETHERTYPE.MPLS, mpls],
  [ETHERTYPE.MPLS_MULTICAST, mpls],
  // 802.3 frames longer than their length field can say.
  [0x8870, llc],
]);

/**
 * The position of the IP header after the walk's current position, or the reason why there is none
 * (`SKIP`).
 */
export function walkToIp(walk: FrameWalk): number {
  // A loop with one step per header, without recursion: a frame can nest headers very deeply.
  while (walk.ethertype !== ETHERTYPE.IPV4 && walk.ethertype !== ETHERTYPE.IPV6) {
    const step = STEPS.get(walk.ethertype) ?? (walk.ethertype <= LARGEST_802_3_LENGTH ? llc : undefined);
    const reason = step ? step(walk) : skipEthertype(walk.ethertype);
    if (reason !== WALK_ON) return reason;
  }
  return walk.at;
}

/** TRILL (RFC 6325): six bytes and options, in units of four, before the frame. */
function trill(walk: FrameWalk): number {
  if (!walk.has(6)) return SKIP.CUT_SHORT;
  const options = (walk.u16() >>> 6) & 31;
  return beforeFrame(6 + 4 * options)(walk);
}

/** Version, number of options, and four bytes for each. */
function ciscoMetadata(walk: FrameWalk): number {
  if (!walk.has(2)) return SKIP.CUT_SHORT;
  return tag(4 + 4 * Math.max(1, walk.u8(1)))(walk);
}

const MACSEC = { VERSION: 0x80, SECURE_CHANNEL: 0x20, ENCRYPTED: 0x08 };

/** IEEE 802.1AE: the packet is readable if only its integrity is protected. */
function macsec(walk: FrameWalk): number {
  if (!walk.has(1)) return SKIP.CUT_SHORT;
  const control = walk.u8();
  if (control & MACSEC.VERSION) return SKIP.UNKNOWN_TAG_VERSION;
  if (control & MACSEC.ENCRYPTED) return SKIP.ENCRYPTED;
  return tag(control & MACSEC.SECURE_CHANNEL ? 16 : 8)(walk);
}

const ARISTA_TIME_BYTES = new Map([
  [0x10, 8],
  [0x20, 6],
]);

/** Sub-type 1, then the version's low byte: a time of 64 or of 48 bits. */
function aristaTime(walk: FrameWalk): number {
  if (!walk.has(4)) return SKIP.CUT_SHORT;
  const bytes = ARISTA_TIME_BYTES.get(walk.u8(3));
  if (walk.u16() !== 1 || bytes === undefined) return SKIP.UNKNOWN_TAG_VERSION;
  return tag(4 + bytes + 2)(walk);
}

const SERVICE_PAYLOADS = new Map<number, number>([
  [1, ETHERTYPE.IPV4],
  [2, ETHERTYPE.IPV6],
  [3, WHOLE_FRAME],
  [4, 0x894f],
  [5, ETHERTYPE.MPLS],
]);

/** NSH (RFC 8300): its length in words is in the second byte, the kind of payload in the fourth. */
function serviceHeader(walk: FrameWalk): number {
  if (!walk.has(4)) return SKIP.CUT_SHORT;
  if (walk.u8() >>> 6 !== 0) return SKIP.UNKNOWN_TAG_VERSION;
  const bytes = 4 * (walk.u8(1) & 0x3f);
  const payload = SERVICE_PAYLOADS.get(walk.u8(3));
  if (payload === undefined || bytes < 8) return SKIP.NO_IP_IN_NSH;
  walk.ethertype = payload;
  walk.at += bytes;
  return WALK_ON;
}

function pppoeSession(walk: FrameWalk): number {
  walk.at += 6;
  return ppp(walk);
}

/** A PPP protocol field and its payload. */
export function ppp(walk: FrameWalk): number {
  const { view, at, end } = walk;
  const ethertype = pppEthertype(view, at, end);
  if (ethertype === undefined) return at + 2 > end ? SKIP.CUT_SHORT : SKIP.NO_IP_IN_PPP;
  walk.ethertype = ethertype;
  walk.at += pppProtocolBytes(view, at, end);
  return WALK_ON;
}

/** A SNAP header whose organization says that an ethertype follows. */
const SNAP_ETHERNET = 0xaaaa0300;
const LLC_IP = 0x0606;

/** IEEE 802.2: the access point of IP, or SNAP with an ethertype. */
function llc(walk: FrameWalk): number {
  if (walk.has(3) && walk.u16() === LLC_IP) {
    walk.ethertype = ETHERTYPE.IPV4;
    walk.at += 3;
    return WALK_ON;
  }
  if (!walk.has(8) || walk.u32() !== SNAP_ETHERNET || walk.u16(4) !== 0) return SKIP.NO_IP_IN_802_3;
  return tag(8)(walk);
}

function mpls(walk: FrameWalk): number {
  const { view, end } = walk;
  while (walk.has(4)) {
    const bottomOfStack = (view.getUint8(walk.at + 2) & 1) === 1;
    walk.at += 4;
    if (bottomOfStack) return walk.at < end ? guess(walk, SKIP.NO_IP_IN_MPLS) : SKIP.CUT_SHORT;
  }
  return SKIP.CUT_SHORT;
}

/** Maximum number of nested pseudowires, each of which may have to be read in two ways. */
const MAX_GUESSES = 3;
/** Added to the soundness of a packet if the ethertype before it also says that it is IP. */
const DECLARED = 1;

/**
 * MPLS does not name its payload: IP, or a pseudowire's Ethernet frame, with a control word (RFC
 * 4385) or without. The interpretation with the soundest IP header is chosen.
 */
export function guess(walk: FrameWalk, otherwise: number): number {
  const { view, at, end, cut, depth } = walk;
  const direct = ipSoundness(view, at, end, cut);
  let best = direct;
  let place = at;
  let reason = otherwise;
  if (direct !== SOUND.PROVEN) {
    if (depth === MAX_GUESSES) return direct === SOUND.NOT ? SKIP.NESTED_TOO_DEEPLY : takeIp(walk, at);
    const controlWord = view.getUint8(at) >>> 4 === 0;
    for (const frameAt of controlWord ? [at + 4, at] : [at]) {
      const ip = ipInFrame(walk, frameAt, depth + 1);
      const sound = ip < 0 ? SOUND.NOT : ipSoundness(view, ip, end, cut);
      if (ip === SKIP_ARP) reason = SKIP_ARP;
      if (sound !== SOUND.NOT && sound + DECLARED > best) {
        best = sound + DECLARED;
        place = ip;
      }
    }
  }
  walk.depth = depth;
  return best === SOUND.NOT ? reason : takeIp(walk, place);
}

function takeIp(walk: FrameWalk, at: number): number {
  walk.at = at;
  walk.ethertype = ETHERTYPE.IPV4;
  return WALK_ON;
}

function ipInFrame(walk: FrameWalk, at: number, depth: number): number {
  walk.at = at;
  walk.ethertype = WHOLE_FRAME;
  walk.depth = depth;
  return walkToIp(walk);
}
