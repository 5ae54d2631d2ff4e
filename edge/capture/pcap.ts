import { CaptureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import { beginsCapture, isPcapMagic, MAGIC, NO_CAPTURE, PCAP_HEADER_BYTES } from './capture-magic.ts';
import { type FrameCounter, MAX_FRAME_BYTES, requireFrameLength, requireLink } from './frame-counter.ts';

const RECORD_HEADER_BYTES = 16;
/** Kuznetzov's variant of old Linux distributions: 8 bytes more in each record's header. */
const PATCHED_HEADER_BYTES = RECORD_HEADER_BYTES + 8;

/**
 * The two lengths of a record were swapped in files before version 2.3, and in some files of 2.3:
 * there, the smaller one is the captured length.
 */
const LENGTHS = { IN_ORDER: 0, SWAPPED: 1, BY_SIZE: 2 } as const;
const MAJOR_VERSION = 2;
const FIRST_MINOR_IN_ORDER = 4;
/** Some files of LBL have this version and the format of those before 2.3. */
const LBL_MAJOR_VERSION = 543;

/**
 * The classic format of libpcap, of either byte order, with times in microseconds or nanoseconds.
 */
export class PcapFormat implements CaptureFormat {
  part = 'the file header';
  need = PCAP_HEADER_BYTES;
  waiting_ms = Number.NaN;
  ended = false;
  readonly #frames: FrameCounter;
  #linkType = -1;
  #lengths: number = LENGTHS.IN_ORDER;
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
    if (at + PCAP_HEADER_BYTES > view.byteLength) {
      return at;
    }
    this.#header(view, at, offset + at);
    requireLink(this.#linkType, offset + at + 20);
    return this.#records(view, at + PCAP_HEADER_BYTES, offset);
  }

  #header(view: DataView, at: number, offset: number): void {
    this.#littleEndian = !isPcapMagic(view.getUint32(at));
    const magic = view.getUint32(at, this.#littleEndian);
    this.#headerBytes = magic === MAGIC.PATCHED ? PATCHED_HEADER_BYTES : RECORD_HEADER_BYTES;
    this.#fractionMs = magic === MAGIC.NANOSECONDS ? 1e-6 : 1e-3;
    this.#lengths = lengthsOf(
      view.getUint16(at + 4, this.#littleEndian),
      view.getUint16(at + 6, this.#littleEndian),
      offset,
    );
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
    const lengths = this.#lengths;
    const available = view.byteLength;
    let end_ms = time.end_ms;
    let last_ms = time.last_ms;
    let need = headerBytes;
    let at = from;
    while (at + headerBytes <= available) {
      let captured = view.getUint32(at + 8, littleEndian);
      let wire = view.getUint32(at + 12, littleEndian);
      if (lengths !== LENGTHS.IN_ORDER && (lengths === LENGTHS.SWAPPED || captured > wire)) {
        const first = captured;
        captured = wire;
        wire = first;
      }
      const frameAt = at + headerBytes;
      const next = frameAt + captured;
      // The header of another file, read as a record, has no bytes or too many, if the lengths are
      // in order.
      if (captured === 0 || captured > MAX_FRAME_BYTES || lengths !== LENGTHS.IN_ORDER) {
        const begins = beginsCapture(view, at);
        if (begins !== NO_CAPTURE) {
          need = begins;
          this.ended = at + begins <= available;
          break;
        }
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
      frames.time_ms[0] = time_ms;
      frames.frame(view, frameAt, next, wire > captured ? wire - captured : 0, linkType);
      at = next;
    }
    time.last_ms = last_ms;
    this.need = need;
    return at;
  }
}

function lengthsOf(major: number, minor: number, offset: number): number {
  if (major === LBL_MAJOR_VERSION) {
    return LENGTHS.SWAPPED;
  }
  if (major !== MAJOR_VERSION) {
    throw new CaptureError(
      `The pcap file that begins at byte ${offset} has version ${major}.${minor}; only version ${MAJOR_VERSION} is supported. Save it again with a current program.`,
      offset,
    );
  }
  if (minor >= FIRST_MINOR_IN_ORDER) {
    return LENGTHS.IN_ORDER;
  }
  return minor === FIRST_MINOR_IN_ORDER - 1 ? LENGTHS.BY_SIZE : LENGTHS.SWAPPED;
}
