import { ETHERTYPE } from './ethertypes.ts';
import { type FrameWalk, WALK_ON } from './frame-walk.ts';
import { ipSoundness, SOUND } from './ip-soundness.ts';
import { SKIP } from './skip-reason.ts';

const HEADER_BYTES = 4;
const FIELD_HEADER_BYTES = 4;
/** NFULA_PAYLOAD: the packet from its network header on. */
const PAYLOAD = 9;
const AF_INET = 2;
const AF_INET6 = 10;

/**
 * netfilter's log: a family, a version, then fields with their length and kind in the byte order of
 * the capturing machine. The file does not name that order: the one in which there is a payload is
 * right.
 */
export function nflog(walk: FrameWalk): number {
  if (!walk.has(HEADER_BYTES)) return SKIP.CUT_SHORT;
  const family = walk.u8();
  if (walk.u8(1) !== 0) return SKIP.UNKNOWN_TAG_VERSION;
  const little = payloadAt(walk, true);
  const at = little < 0 ? payloadAt(walk, false) : little;
  if (at < 0) return SKIP.NO_IP_IN_NFLOG;
  // Frames of a bridge are also logged from the network header on, whatever its protocol.
  const isIp =
    family === AF_INET || family === AF_INET6 || ipSoundness(walk.view, at, walk.end, walk.cut) !== SOUND.NOT;
  if (!isIp) return SKIP.NO_IP_IN_NFLOG;
  walk.at = at;
  walk.ethertype = ETHERTYPE.IPV4;
  return WALK_ON;
}

/** The position of the payload; −1 if the fields don't lead to one. */
function payloadAt({ view, at, end }: FrameWalk, littleEndian: boolean): number {
  let field = at + HEADER_BYTES;
  while (field + FIELD_HEADER_BYTES <= end) {
    const length = view.getUint16(field, littleEndian);
    if (length < FIELD_HEADER_BYTES) return -1;
    // The two highest bits of a kind are flags.
    if ((view.getUint16(field + 2, littleEndian) & 0x3fff) === PAYLOAD) return field + FIELD_HEADER_BYTES;
    field += Math.ceil(length / 4) * 4;
  }
  return -1;
}
