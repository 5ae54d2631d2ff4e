import type { Recorder } from '../../core/recorder/recorder.ts';
import { CaptureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import { FrameCounter } from './frame-counter.ts';
import { isPcap, PcapFormat } from './pcap.ts';
import { PCAPNG_MAGIC, PcapngFormat } from './pcapng.ts';

const MAGIC_BYTES = 4;
const GZIP_MAGIC = 0x1f8b;

export interface CaptureCounterOptions {
  recorder: Recorder;
  /** Capture time between two yields of `feed`; without it there is only one interval. */
  interval_ms?: number;
  /** The endpoint that these packets enter by; without it the recorder's own. */
  endpoint_id?: string;
}

/**
 * Counts a capture (pcap or pcapng) that comes in pieces of any size into a recorder.
 *
 * @example
 * const counter = new CaptureCounter({ recorder, interval_ms: 60_000 });
 * for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) {
 *   for (const { interval_end_ms } of counter.feed(chunk)) await report(interval_end_ms);
 * }
 * counter.end();
 */
export class CaptureCounter {
  readonly #frames: FrameCounter;
  #format: CaptureFormat | undefined;
  /** The beginning of a record that the last piece broke off, in a buffer that is made larger when it has to be. */
  #carry = Buffer.allocUnsafe(4096);
  #carried = 0;
  /** Bytes of the capture that lie before what is looked at now. */
  #offset = 0;

  constructor({ recorder, interval_ms = Number.POSITIVE_INFINITY, endpoint_id }: CaptureCounterOptions) {
    const endpoint = endpoint_id === undefined ? 0 : recorder.endpointIndex(endpoint_id);
    this.#frames = new FrameCounter(recorder, endpoint, interval_ms);
  }

  /** IP packets that were counted. */
  get packets(): number {
    return this.#frames.packets;
  }

  /** Frames without a sound IP header. */
  get skipped(): number {
    return this.#frames.skipped;
  }

  /** Bytes of the capture that were read. */
  get offset(): number {
    return this.#offset + this.#carried;
  }

  /** Time of the first frame, milliseconds since the epoch; undefined before it. */
  get first_ms(): number | undefined {
    return defined(this.#frames.time.first_ms);
  }

  /** The latest time of a frame; undefined before the first. */
  get last_ms(): number | undefined {
    return defined(this.#frames.time.last_ms);
  }

  /**
   * Counts a piece. Yields where an interval of capture time ends, before the frame that lies after its end is counted:
   * the moment to take a report. The piece must not change until the generator is done.
   *
   * @throws CaptureError for a record that can't be right; what came before it was counted.
   */
  *feed(chunk: Buffer): Generator<{ interval_end_ms: number }> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#carried > 0 || this.#format === undefined) {
        at += this.#fillCarry(chunk, at);
        if (this.#carried < this.#need()) {
          return;
        }
        this.#format ??= this.#recognize();
        yield* this.#consumeCarry(this.#format);
        continue;
      }
      const view = new DataView(chunk.buffer, chunk.byteOffset + at, chunk.length - at);
      const taken = yield* this.#consume(this.#format, view);
      at += taken;
      at += this.#fillCarry(chunk, at);
    }
  }

  /** To be called after the last piece. @throws CaptureError for a capture that is cut short. */
  end(): void {
    if (this.offset === 0) {
      throw new CaptureError('The capture is empty; a pcap or pcapng file was expected.', 0);
    }
    if (this.#carried > 0 || this.#format === undefined || this.#format.unfinished) {
      const part = this.#format?.part ?? 'the file header';
      throw new CaptureError(
        `The capture is cut short in ${part}: it ends after ${this.offset} bytes, and at least ${this.#offset + this.#need()} were expected. What came before byte ${this.#offset} was counted.`,
        this.#offset,
      );
    }
  }

  #need(): number {
    return this.#format?.need ?? MAGIC_BYTES;
  }

  *#consumeCarry(format: CaptureFormat): Generator<{ interval_end_ms: number }> {
    const view = new DataView(this.#carry.buffer, this.#carry.byteOffset, this.#carried);
    const taken = yield* this.#consume(format, view);
    if (taken > 0) {
      this.#carry.copyWithin(0, taken, this.#carried);
      this.#carried -= taken;
    }
  }

  /** All whole records of a view; gives how many bytes they were. */
  *#consume(format: CaptureFormat, view: DataView): Generator<{ interval_end_ms: number }, number> {
    let at = 0;
    const start = this.#offset;
    for (;;) {
      at = format.consume(view, at, start);
      this.#offset = start + at;
      if (Number.isNaN(format.waiting_ms)) {
        return at;
      }
      const interval_end_ms = this.#frames.time.end_ms;
      yield { interval_end_ms };
      this.#frames.time.next(format.waiting_ms);
      format.waiting_ms = Number.NaN;
    }
  }

  /** Takes as many bytes as the broken-off record still needs; gives how many were there. */
  #fillCarry(chunk: Buffer, at: number): number {
    const wanted = Math.min(this.#need() - this.#carried, chunk.length - at);
    if (this.#carried + wanted > this.#carry.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#carried + wanted));
      this.#carry.copy(larger, 0, 0, this.#carried);
      this.#carry = larger;
    }
    chunk.copy(this.#carry, this.#carried, at, at + wanted);
    this.#carried += wanted;
    return wanted;
  }

  #recognize(): CaptureFormat {
    const magic = this.#carry.readUInt32BE(0);
    if (magic === PCAPNG_MAGIC) {
      return new PcapngFormat(this.#frames);
    }
    if (isPcap(magic)) {
      return new PcapFormat(this.#frames);
    }
    throw new CaptureError(
      magic >>> 16 === GZIP_MAGIC
        ? 'The capture is compressed with gzip. Unpack it first, for example with gunzip.'
        : `The file is no capture: it begins with ${magic.toString(16).padStart(8, '0')}; a pcap or pcapng file was expected.`,
      0,
    );
  }
}

function defined(time_ms: number): number | undefined {
  return Number.isNaN(time_ms) ? undefined : time_ms;
}
