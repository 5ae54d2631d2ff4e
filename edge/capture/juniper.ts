import { guess } from './ethertypes.ts';
import type { FrameWalk, WalkStep } from './frame-walk.ts';
import { SKIP } from './skip-reason.ts';

const MAGIC = 0x4d4743;
const NO_LAYER_2 = 0x02;
const EXTENSIONS = 0x80;

/**
 * Juniper's header: a magic number, flags, and where a flag says so extensions with their length
 * before them. Then comes a cookie of `cookieBytes`, and what `step` reads; or, as another flag
 * says, four bytes and a packet without layer 2.
 */
export function fromJuniper(step: WalkStep, cookieBytes = 0): WalkStep {
  return (walk: FrameWalk) => {
    if (!walk.has(6)) return SKIP.CUT_SHORT;
    const flags = walk.u8(3);
    if (walk.u32() >>> 8 !== MAGIC) return SKIP.NO_IP_IN_JUNIPER;
    walk.at += flags & EXTENSIONS ? 6 + walk.u16(4) : 4;
    if (flags & NO_LAYER_2) {
      walk.at += 4;
      return walk.has(1) ? guess(walk, SKIP.NO_IP_IN_JUNIPER) : SKIP.CUT_SHORT;
    }
    walk.at += cookieBytes;
    return step(walk);
  };
}
