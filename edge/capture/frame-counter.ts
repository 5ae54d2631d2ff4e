import type { Recorder } from '../../core/recorder/recorder.ts';
import { CaptureError } from './capture-error.ts';
import { CaptureTime } from './capture-time.ts';
import { IpCounter } from './ip-header.ts';
import { ipOffset, isSupportedLink, supportedLinks } from './link-layer.ts';
import { SKIP, skippedLinkType, skipReasonName } from './skip-reason.ts';
import { UnreadFrames } from './unread-frames.ts';

/**
 * Maximum number of bytes in a frame. libpcap's limit is 2^18; a larger value means that the file
 * is damaged.
 */
export const MAX_FRAME_BYTES = 2 ** 20;

/** Maximum number of reasons that are named; a capture of random bytes has thousands. */
const MAX_REASONS = 30;
const OTHER_REASONS = 'other';

interface CaptureClock {
  interval_ms: number;
  start_ms: number;
}

/** Counts the frames of all capture formats, and keeps the capture's clock. */
export class FrameCounter {
  readonly time: CaptureTime;
  /** The time of the next frame, milliseconds since the epoch. */
  readonly time_ms: Float64Array;
  /** IP packets that were counted. */
  packets = 0;
  /** Frames without a sound IP header. */
  skipped = 0;
  /** Frames and parts that could not be read. */
  readonly unread = new UnreadFrames();
  /** Number of skipped frames by reason (`SKIP`). */
  readonly #reasons = new Map<number, number>();
  readonly #ip: IpCounter;
  readonly #start_ms: number;

  /** `start_ms` is the time of frames without one that come before any that has one. */
  constructor(recorder: Recorder, endpoint: number, { interval_ms, start_ms }: CaptureClock) {
    this.#start_ms = start_ms;
    this.time = new CaptureTime(interval_ms);
    this.time_ms = recorder.time_ms;
    this.#ip = new IpCounter(recorder, endpoint);
  }

  /** The time of a frame without a time. */
  get untimed_ms(): number {
    return Number.isNaN(this.time.last_ms) ? this.#start_ms : this.time.last_ms;
  }

  /** Counts the frame captured from `at` to `end`, which had `cut` bytes more on the wire. */
  frame(view: DataView, at: number, end: number, cut: number, linkType: number): void {
    const ip = ipOffset(view, at, end, cut, linkType);
    if (ip < 0) {
      this.#skip(ip);
    } else if (this.#ip.count(view, ip, end, cut)) {
      this.packets += 1;
    } else {
      this.#skip(SKIP.NO_SOUND_HEADER);
    }
  }

  /** Skips a frame that can't be read; `source` names where it came from. */
  skipUnread(reason: number, source: string): void {
    this.unread.add(source);
    this.#count(reason);
  }

  /** Number of skipped frames by reason, most frequent first. */
  skippedByReason(): Map<string, number> {
    const named = new Map<string, number>();
    for (const [reason, frames] of [...this.#reasons].sort(([, a], [, b]) => b - a)) {
      const name = named.size < MAX_REASONS ? skipReasonName(reason) : OTHER_REASONS;
      named.set(name, (named.get(name) ?? 0) + frames);
    }
    return named;
  }

  #skip(reason: number): void {
    const linkType = skippedLinkType(reason);
    if (linkType === undefined) {
      this.#count(reason);
    } else {
      this.skipUnread(reason, `link type ${linkType}`);
    }
  }

  #count(reason: number): void {
    this.skipped += 1;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }
}

/**
 * @throws CaptureError for an unsupported link type, because its traffic must not be missing
 * without notice
 */
export function requireLink(linkType: number, offset: number): void {
  if (!isSupportedLink(linkType)) {
    throw new CaptureError(
      `Link type ${linkType} (byte ${offset}) can't be read. Supported are ${supportedLinks()}.`,
      offset,
    );
  }
}

/** @throws CaptureError for a frame that is longer than any real one */
export function requireFrameLength(captured: number, offset: number): void {
  if (captured > MAX_FRAME_BYTES) {
    throw new CaptureError(
      `The packet record at byte ${offset} says that it holds ${captured} bytes; at most ${MAX_FRAME_BYTES} were expected. The capture is damaged from there on.`,
      offset,
    );
  }
}
