/** The position of a walk through a frame's headers: the next header, and where it begins. */
export class FrameWalk {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** The first byte of what comes next. */
  at = 0;
  /** Captured up to here, with `cut` more bytes on the wire. */
  end = 0;
  cut = 0;
  /** The ethertype of what comes next. */
  ethertype = 0;
  /** Number of guesses that this walk is part of. */
  depth = 0;

  /** Whether this many bytes from `at` were captured. */
  has(bytes: number): boolean {
    return this.at + bytes <= this.end;
  }

  u8(offset = 0): number {
    return this.view.getUint8(this.at + offset);
  }

  u16(offset = 0): number {
    return this.view.getUint16(this.at + offset);
  }

  u32(offset = 0): number {
    return this.view.getUint32(this.at + offset);
  }
}

/** Moves a walk past one header. Returns 0, or the reason (`SKIP`) why there is no packet. */
export type WalkStep = (walk: FrameWalk) => number;

/** The result of a step after which the walk continues. */
export const WALK_ON = 0;
