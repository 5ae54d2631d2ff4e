/**
 * How likely bytes are an IP header if nothing before them says so, for example after MPLS labels:
 * a destination MAC address that begins with 4 or 6 looks like IP in its first nibble. See
 * docs/decisions/110.
 */
export const SOUND = {
  /** No IP header. */
  NOT: 0,
  /** Nothing contradicts it. */
  POSSIBLE: 1,
  /** The packet fills its frame to the byte, but for Ethernet's padding and check sequence. */
  FITS: 2,
  /** The checksum of an IPv4 header is right, and the packet fits in its frame. */
  PROVEN: 3,
} as const;

const V4_HEADER_BYTES = 20;
const V6_HEADER_BYTES = 40;
const TCP = 6;
const UDP = 17;
const NO_NEXT_HEADER = 59;
const HOP_BY_HOP = 0;
/** Headers that follow an IPv6 header in practice: extensions, transport, tunnels, routing. */
const NEXT_HEADERS = new Set([
  0, 4, 6, 17, 33, 41, 43, 44, 46, 47, 50, 51, 58, 59, 60, 88, 89, 103, 112, 115, 132, 135, 136, 137, 139,
  140,
]);
/** A check sequence, and the trailers of switches. */
const CHECK_SEQUENCE_BYTES = 4;
const MOST_TRAILING_BYTES = 64;
/** Ethernet pads a payload up to here. */
const PADDED_BYTES = 46;

/**
 * One of `SOUND` for the bytes from `at`, of which those up to `end` were captured and `cut` more
 * were on the wire.
 */
export function ipSoundness(view: DataView, at: number, end: number, cut: number): number {
  if (at + V4_HEADER_BYTES > end) return SOUND.NOT;
  const version = view.getUint8(at) >>> 4;
  const room = end - at + cut;
  if (version === 4) return v4Soundness(view, at, end, room);
  return version === 6 && at + V6_HEADER_BYTES <= end ? v6Soundness(view, at, room) : SOUND.NOT;
}

function v4Soundness(view: DataView, at: number, end: number, room: number): number {
  const headerBytes = (view.getUint8(at) & 15) * 4;
  const total = view.getUint16(at + 2);
  if (headerBytes < V4_HEADER_BYTES || headerBytes > room) return SOUND.NOT;
  const offloaded = total === 0;
  if (!offloaded && total < headerBytes) return SOUND.NOT;
  const fits = total <= room;
  if (at + headerBytes <= end && isChecksumRight(view, at, headerBytes)) {
    return fits ? SOUND.PROVEN : SOUND.POSSIBLE;
  }
  // If the sending host's card fills in the checksum after the capture, the field is 0 or has an
  // arbitrary value.
  if (offloaded) {
    const protocol = view.getUint8(at + 9);
    return protocol === TCP || protocol === UDP ? SOUND.POSSIBLE : SOUND.NOT;
  }
  return fills(total, room) ? SOUND.FITS : SOUND.NOT;
}

function isChecksumRight(view: DataView, at: number, headerBytes: number): boolean {
  let sum = 0;
  for (let word = at; word < at + headerBytes; word += 2) sum += view.getUint16(word);
  // A one's complement sum is the sum modulo 2^16 − 1.
  return sum !== 0 && sum % 0xffff === 0;
}

function v6Soundness(view: DataView, at: number, room: number): number {
  const payload = view.getUint16(at + 4);
  const next = view.getUint8(at + 6);
  if (payload === 0 && next !== NO_NEXT_HEADER) {
    const withoutLength = next === TCP || next === UDP || next === HOP_BY_HOP;
    return withoutLength ? SOUND.POSSIBLE : SOUND.NOT;
  }
  const size = V6_HEADER_BYTES + payload;
  if (!NEXT_HEADERS.has(next) || size > room) return SOUND.NOT;
  if (fills(size, room)) return SOUND.FITS;
  return room - size <= MOST_TRAILING_BYTES ? SOUND.POSSIBLE : SOUND.NOT;
}

function fills(size: number, room: number): boolean {
  const trailing = room - size;
  return trailing === 0 || trailing === CHECK_SEQUENCE_BYTES || (trailing > 0 && room <= PADDED_BYTES);
}
