import type { Recorder } from '../../core/recorder/recorder.ts';
import { systemClock } from '../../core/time/clock.ts';
import { PROGRAM } from '../program-name.ts';
import { CaptureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import { isPcap, PCAPNG_MAGIC } from './capture-magic.ts';
import { FrameCounter } from './frame-counter.ts';
import { supportedLinks } from './link-layer.ts';
import { PcapFormat } from './pcap.ts';
import { PcapngFormat } from './pcapng.ts';

const MAGIC_BYTES = 4;

/**
 * Compression programs whose files are not unpacked here (see `unpack.ts`), by the first bytes in
 * hexadecimal.
 */
const PACKERS = [
  { begins: 'fd377a58', name: 'xz', command: 'xz -dc' },
  { begins: '425a68', name: 'bzip2', command: 'bzip2 -dc' },
  { begins: '04224d18', name: 'lz4', command: 'lz4 -dc' },
  { begins: '1f9d', name: 'compress', command: 'gzip -dc' },
  { begins: '1f8b', name: 'gzip', command: 'gzip -dc' },
  { begins: '28b52ffd', name: 'zstd', command: 'zstd -dc' },
  { begins: '504b0304', name: 'zip', command: 'unzip -p' },
];

export interface CaptureCounterOptions {
  recorder: Recorder;
  /** Capture time between two yields of `feed`; without it there is only one interval. */
  interval_ms?: number;
  /** The endpoint of these packets; default: the recorder's endpoint. */
  endpoint_id?: string;
  /** The time of frames without one, as pcapng may have them (default: now). */
  start_ms?: number;
}

/**
 * Counts a capture (pcap or pcapng, or several of them in a row) that comes in pieces of any size
 * into a recorder.
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
  /**
   * The beginning of a record that was incomplete at the end of the last piece, in a buffer that
   * grows when necessary.
   */
  #carry = Buffer.allocUnsafe(4096);
  #carried = 0;
  /** Number of bytes of the capture before the current piece. */
  #offset = 0;

  constructor({
    recorder,
    interval_ms = Number.POSITIVE_INFINITY,
    endpoint_id,
    start_ms = systemClock(),
  }: CaptureCounterOptions) {
    const endpoint = endpoint_id === undefined ? 0 : recorder.endpointIndex(endpoint_id);
    this.#frames = new FrameCounter(recorder, endpoint, { interval_ms, start_ms });
  }

  /** IP packets that were counted. */
  get packets(): number {
    return this.#frames.packets;
  }

  /** Frames without a sound IP header. */
  get skipped(): number {
    return this.#frames.skipped;
  }

  /** Number of skipped frames by reason, most frequent first. */
  get skipped_by_reason(): Map<string, number> {
    return this.#frames.skippedByReason();
  }

  /** Parts that could not be read, one sentence per source; complete after `end`. */
  get unread(): string[] {
    const { sentences } = this.#frames.unread;
    const needsLinks = sentences.some(sentence => sentence.includes('link type'));
    return needsLinks ? [...sentences, `Link types that can be read: ${supportedLinks()}.`] : sentences;
  }

  /** Number of bytes of the capture that were read. */
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
   * Counts a piece. Yields when an interval of capture time ends, before the first frame after its
   * end is counted: the time to make a report. The piece must not change until the generator is
   * done.
   *
   * @throws CaptureError for an invalid record; everything before it was counted.
   */
  *feed(chunk: Buffer): Generator<{ interval_end_ms: number }> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#carried > 0) {
        at += this.#fillCarry(chunk, at);
        if (this.#carried < this.#need()) {
          return;
        }
        yield* this.#consumeCarry();
        continue;
      }
      const view = new DataView(chunk.buffer, chunk.byteOffset + at, chunk.length - at);
      at += yield* this.#consume(view);
      at += this.#fillCarry(chunk, at);
    }
  }

  /** Must be called after the last piece. @throws CaptureError if the capture is truncated */
  end(): void {
    if (this.offset === 0) {
      throw new CaptureError('The capture is empty; a pcap or pcapng file was expected.', 0);
    }
    if (this.#carried > 0 || this.#format === undefined || this.#format.unfinished) {
      const part = this.#format?.part ?? 'the file header';
      throw new CaptureError(
        `The capture is truncated in ${part}: it ends after ${this.offset} bytes, and at least ${this.#offset + this.#need()} were expected. Everything before byte ${this.#offset} was counted.`,
        this.#offset,
      );
    }
  }

  #need(): number {
    return this.#format?.need ?? MAGIC_BYTES;
  }

  *#consumeCarry(): Generator<{ interval_end_ms: number }> {
    const view = new DataView(this.#carry.buffer, this.#carry.byteOffset, this.#carried);
    const taken = yield* this.#consume(view);
    if (taken > 0) {
      this.#carry.copyWithin(0, taken, this.#carried);
      this.#carried -= taken;
    }
  }

  /** Counts all complete records of a view. @returns their number of bytes */
  *#consume(view: DataView): Generator<{ interval_end_ms: number }, number> {
    let at = 0;
    const start = this.#offset;
    for (;;) {
      if (this.#format === undefined && view.byteLength - at < MAGIC_BYTES) {
        return at;
      }
      this.#format ??= this.#recognize(view.getUint32(at));
      const format = this.#format;
      at = format.consume(view, at, start);
      this.#offset = start + at;
      if (format.ended) {
        this.#format = undefined;
      } else if (Number.isNaN(format.waiting_ms)) {
        return at;
      } else {
        const interval_end_ms = this.#frames.time.end_ms;
        yield { interval_end_ms };
        this.#frames.time.next(format.waiting_ms);
        format.waiting_ms = Number.NaN;
      }
    }
  }

  /**
   * Copies the bytes that the incomplete record still needs.
   * @returns the number of copied bytes
   */
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

  #recognize(magic: number): CaptureFormat {
    if (magic === PCAPNG_MAGIC) {
      return new PcapngFormat(this.#frames);
    }
    if (isPcap(magic)) {
      return new PcapFormat(this.#frames);
    }
    const begins = magic.toString(16).padStart(8, '0');
    const packer = PACKERS.find(known => begins.startsWith(known.begins));
    throw new CaptureError(
      packer
        ? `The capture is compressed with ${packer.name}. Unpack it first: ${packer.command} FILE | ${PROGRAM} read.`
        : `The file is not a capture: it begins with ${begins}; a pcap or pcapng file was expected.`,
      this.#offset,
    );
  }
}

function defined(time_ms: number): number | undefined {
  return Number.isNaN(time_ms) ? undefined : time_ms;
}
