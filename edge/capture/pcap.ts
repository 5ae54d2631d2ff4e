import type { CaptureFormat } from './capture-format.ts';
import { type FrameCounter, MAX_FRAME_BYTES, requireFrameLength, requireLink } from './frame-counter.ts';

const GLOBAL_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** The magic numbers, as they read in the byte order of their file. */
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Kuznetzov's variant of old Linux distributions: 8 bytes more in each record's header. */
const MAGIC_PATCHED = 0xa1b2cd34;

const HEADER_BYTES = new Map([
  [MAGIC_MICROSECONDS, RECORD_HEADER_BYTES],
  [MAGIC_NANOSECONDS, RECORD_HEADER_BYTES],
  [MAGIC_PATCHED, RECORD_HEADER_BYTES + 8],
]);

/** Whether a file that begins with these four bytes (read big-endian) is a pcap file. */
export function isPcap(magic: number): boolean {
  return HEADER_BYTES.has(magic) || HEADER_BYTES.has(swapped(magic));
}

function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

/** The classic format of libpcap, of either byte order, with times in microseconds or nanoseconds. */
export class PcapFormat implements CaptureFormat {
  part = 'the file header';
  need = GLOBAL_HEADER_BYTES;
  waiting_ms = Number.NaN;
  readonly #frames: FrameCounter;
  #linkType = -1;
  #littleEndian = false;
  #headerBytes = RECORD_HEADER_BYTES;
  #fractionMs = 1e-3;

  constructor(frames: FrameCounter) {
    this.#frames = frames;
  }

  get unfinished(): boolean {
    return this.#linkType < 0;
  }

  consume(view: DataView, at: number, offset: number): number {
    if (this.#linkType >= 0) {
      return this.#records(view, at, offset);
    }
    if (at + GLOBAL_HEADER_BYTES > view.byteLength) {
      return at;
    }
    this.#header(view, at);
    requireLink(this.#linkType, offset + at + 20);
    return this.#records(view, at + GLOBAL_HEADER_BYTES, offset);
  }

  #header(view: DataView, at: number): void {
    this.#littleEndian = !HEADER_BYTES.has(view.getUint32(at));
    const magic = view.getUint32(at, this.#littleEndian);
    this.#headerBytes = HEADER_BYTES.get(magic)!;
    this.#fractionMs = magic === MAGIC_NANOSECONDS ? 1e-6 : 1e-3;
    // The upper half can hold the length of the frame check sequence.
    this.#linkType = view.getUint32(at + 20, this.#littleEndian) & 0xffff;
    this.part = 'a packet record';
  }

  #records(view: DataView, from: number, offset: number): number {
    const frames = this.#frames;
    const time = this.#frames.time;
    const littleEndian = this.#littleEndian;
    const linkType = this.#linkType;
    const headerBytes = this.#headerBytes;
    const fractionMs = this.#fractionMs;
    const available = view.byteLength;
    let end_ms = time.end_ms;
    let last_ms = time.last_ms;
    let need = headerBytes;
    let at = from;
    while (at + headerBytes <= available) {
      const captured = view.getUint32(at + 8, littleEndian);
      const frameAt = at + headerBytes;
      const next = frameAt + captured;
      if (captured > MAX_FRAME_BYTES) {
        time.last_ms = last_ms;
        requireFrameLength(captured, offset + at);
      }
      if (next > available) {
        need = headerBytes + captured;
        break;
      }
      const time_ms =
        view.getUint32(at, littleEndian) * 1000 + view.getUint32(at + 4, littleEndian) * fractionMs;
      if (time_ms >= end_ms) {
        if (time.endsBefore(time_ms)) {
          this.waiting_ms = time_ms;
          break;
        }
        end_ms = time.end_ms;
        last_ms = time_ms;
      }
      if (time_ms > last_ms) {
        last_ms = time_ms;
      }
      const wire = view.getUint32(at + 12, littleEndian);
      frames.time_ms[0] = time_ms;
      frames.frame(view, frameAt, next, wire > captured ? wire - captured : 0, linkType);
      at = next;
    }
    time.last_ms = last_ms;
    this.need = need;
    return at;
  }
}
