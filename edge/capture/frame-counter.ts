import type { Recorder } from '../../core/recorder/recorder.ts';
import { CaptureError } from './capture-error.ts';
import { CaptureTime } from './capture-time.ts';
import { IpCounter } from './ip-header.ts';
import { ipOffset, isSupportedLink, supportedLinks } from './link-layer.ts';

/** Bytes of a frame that a record may say it holds. libpcap's own limit is 2^18; what is above is damage. */
export const MAX_FRAME_BYTES = 2 ** 20;

/** What every capture format hands its frames to: counts them and keeps the capture's clock. */
export class FrameCounter {
  readonly time: CaptureTime;
  /** Where the time of the next frame goes, milliseconds since the epoch. */
  readonly time_ms: Float64Array;
  /** IP packets that were counted. */
  packets = 0;
  /** Frames without a sound IP header. */
  skipped = 0;
  readonly #ip: IpCounter;

  constructor(recorder: Recorder, endpoint: number, interval_ms: number) {
    this.time = new CaptureTime(interval_ms);
    this.time_ms = recorder.time_ms;
    this.#ip = new IpCounter(recorder, endpoint);
  }

  /** Counts the frame captured from `at` to `end`, which had `cut` bytes more on the wire. */
  frame(view: DataView, at: number, end: number, cut: number, linkType: number): void {
    const ip = ipOffset(view, at, end, linkType);
    if (ip >= 0 && this.#ip.count(view, ip, end, cut)) {
      this.packets += 1;
    } else {
      this.skipped += 1;
    }
  }
}

/** @throws CaptureError for a link type that can't be read: its traffic must not go uncounted in silence. */
export function requireLink(linkType: number, offset: number): void {
  if (!isSupportedLink(linkType)) {
    throw new CaptureError(
      `Link type ${linkType} (byte ${offset}) can't be read. Supported are ${supportedLinks()}.`,
      offset,
    );
  }
}

/** @throws CaptureError for a frame longer than any real one. */
export function requireFrameLength(captured: number, offset: number): void {
  if (captured > MAX_FRAME_BYTES) {
    throw new CaptureError(
      `The packet record at byte ${offset} says that it holds ${captured} bytes; at most ${MAX_FRAME_BYTES} were expected. The capture is damaged from there on.`,
      offset,
    );
  }
}
