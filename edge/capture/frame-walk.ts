/** Where a walk through a frame's headers stands: what comes next, and where. */
export class FrameWalk {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** The first byte of what comes next. */
  at = 0;
  /** Captured up to here, with `cut` more bytes on the wire. */
  end = 0;
  cut = 0;
  /** The ethertype of what comes next. */
  ethertype = 0;
  /** Guesses that this walk is part of. */
  depth = 0;

  /** Whether so many bytes from `at` on were captured. */
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

/** Moves a walk past one header. Gives 0, or the reason (`SKIP`) why there is no packet. */
export type WalkStep = (walk: FrameWalk) => number;

/** What a step gives when the walk goes on. */
export const WALK_ON = 0;
