import { CaptureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import {
  BYTE_ORDER_MAGIC,
  beginsCapture,
  isPcap,
  NO_CAPTURE,
  PCAP_HEADER_BYTES,
  PCAPNG_MAGIC,
  SECTION_BYTES,
} from './capture-magic.ts';
import { type FrameCounter, MAX_FRAME_BYTES, requireFrameLength } from './frame-counter.ts';
import { isSupportedLink } from './link-layer.ts';
import { type PcapngInterface, readInterface } from './pcapng-interface.ts';
import { SKIP, skipLinkType } from './skip-reason.ts';

const SECTION_HEADER = PCAPNG_MAGIC;
/** Sections of another major version may mean anything. */
const MAJOR_VERSION = 1;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const READ_BLOCKS = new Set([INTERFACE, ENHANCED_PACKET, SIMPLE_PACKET, OLD_PACKET]);

/** A block's type and length in front, its length again at the end. */
const BLOCK_HEADER_BYTES = 8;
const SMALLEST_BLOCK_BYTES = 12;
/** Fixed bytes of a packet block's body before the frame. */
const PACKET_HEADER_BYTES = 20;
/**
 * Maximum size of blocks that are buffered as a whole: a frame, its headers and generous options.
 */
const MAX_BUFFERED_BLOCK_BYTES = MAX_FRAME_BYTES + 2 ** 20;

/** Times are limited to the years 1970 to 9999. */
const LAST_TIME_MS = 253_402_300_799_999;

/**
 * The pcapng format (draft-ietf-opsawg-pcapng): sections of either byte order, any number of
 * interfaces.
 */
export class PcapngFormat implements CaptureFormat {
  readonly part = 'a block';
  need = SECTION_BYTES;
  waiting_ms = Number.NaN;
  ended = false;
  readonly #frames: FrameCounter;
  #littleEndian = false;
  /** Sections so far, and whether this one's version is known. */
  #sections = 0;
  #known = false;
  #interfaces: PcapngInterface[] = [];
  /** Remaining bytes of a block that is skipped, whatever its length. */
  #passing = 0;

  constructor(frames: FrameCounter) {
    this.#frames = frames;
  }

  get unfinished(): boolean {
    return this.#passing > 0;
  }

  consume(view: DataView, from: number, offset: number): number {
    let at = from;
    for (;;) {
      const left = view.byteLength - at;
      if (this.#passing > 0) {
        const passed = Math.min(this.#passing, left);
        this.#passing -= passed;
        at += passed;
        if (this.#passing > 0) {
          this.need = 1;
          return at;
        }
        continue;
      }
      this.need = left >= 4 && view.getUint32(at) === SECTION_HEADER ? SECTION_BYTES : BLOCK_HEADER_BYTES;
      if (left < this.need) {
        return at;
      }
      if (isPcap(view.getUint32(at)) && this.#endsBefore(view, at)) {
        return at;
      }
      const next = this.#block(view, at, offset);
      if (next === at) {
        return at;
      }
      at = next;
    }
  }

  /** Whether a pcap file begins at `at`, or may when more is at hand. */
  #endsBefore(view: DataView, at: number): boolean {
    if (at + PCAP_HEADER_BYTES > view.byteLength) {
      this.need = PCAP_HEADER_BYTES;
      return true;
    }
    this.ended = beginsCapture(view, at) !== NO_CAPTURE;
    return this.ended;
  }

  /** Reads the block at `at`, whose beginning is available; returns `at` if it must wait. */
  #block(view: DataView, at: number, offset: number): number {
    if (view.getUint32(at) === SECTION_HEADER) {
      this.#section(view, at, offset);
    }
    const type = view.getUint32(at, this.#littleEndian);
    const length = view.getUint32(at + 4, this.#littleEndian);
    if (length < SMALLEST_BLOCK_BYTES || length % 4 !== 0) {
      throw this.#error(
        offset + at,
        `says that it is ${length} bytes long; a multiple of 4 from ${SMALLEST_BLOCK_BYTES} on was expected`,
      );
    }
    if (!this.#known || !READ_BLOCKS.has(type)) {
      this.#passing = length - BLOCK_HEADER_BYTES;
      return at + BLOCK_HEADER_BYTES;
    }
    if (length > MAX_BUFFERED_BLOCK_BYTES) {
      throw this.#error(
        offset + at,
        `says that it is ${length} bytes long; at most ${MAX_BUFFERED_BLOCK_BYTES} were expected`,
      );
    }
    if (at + length > view.byteLength) {
      this.need = length;
      return at;
    }
    if (view.getUint32(at + length - 4, this.#littleEndian) !== length) {
      throw this.#error(
        offset + at,
        `says at its end that it is ${view.getUint32(at + length - 4, this.#littleEndian)} bytes long; ${length} as at its beginning was expected`,
      );
    }
    const done = this.#body(view, type, at, at + length - 4, offset);
    return done ? at + length : at;
  }

  #section(view: DataView, at: number, offset: number): void {
    const big = view.getUint32(at + 8);
    const little = view.getUint32(at + 8, true);
    if (big !== BYTE_ORDER_MAGIC && little !== BYTE_ORDER_MAGIC) {
      throw this.#error(
        offset + at,
        'is a section header without its byte order; 1a2b3c4d or 4d3c2b1a was expected',
      );
    }
    this.#littleEndian = little === BYTE_ORDER_MAGIC;
    this.#interfaces = [];
    this.#sections += 1;
    const major = view.getUint16(at + 12, this.#littleEndian);
    const minor = view.getUint16(at + 14, this.#littleEndian);
    this.#known = major === MAJOR_VERSION;
    if (!this.#known) {
      this.#frames.unread.addPart(
        `The section at byte ${offset + at} has version ${major}.${minor} and was not read; only version ${MAJOR_VERSION} is supported.`,
      );
    }
  }

  /** False if an interval ends before this block's frame. */
  #body(view: DataView, type: number, at: number, end: number, offset: number): boolean {
    const body = at + BLOCK_HEADER_BYTES;
    switch (type) {
      case INTERFACE:
        this.#require(body + 8 <= end, offset + at, 'is too short for an interface description');
        this.#interfaces.push(readInterface(view, body, end, this.#littleEndian));
        return true;
      case SIMPLE_PACKET:
        return this.#simplePacket(view, at, end, offset);
      default:
        return this.#packet(view, type, at, end, offset);
    }
  }

  /**
   * Enhanced packet block, or the older packet block, which differs only in the width of the
   * interface id.
   */
  #packet(view: DataView, type: number, at: number, end: number, offset: number): boolean {
    const littleEndian = this.#littleEndian;
    const body = at + BLOCK_HEADER_BYTES;
    const frameAt = body + PACKET_HEADER_BYTES;
    this.#require(frameAt <= end, offset + at, 'is too short for a packet');
    const id = type === OLD_PACKET ? view.getUint16(body, littleEndian) : view.getUint32(body, littleEndian);
    const from = this.#interface(id);
    if (from === undefined) {
      return true;
    }
    const high = view.getUint32(body + 4, littleEndian);
    const low = view.getUint32(body + 8, littleEndian);
    const captured = view.getUint32(body + 12, littleEndian);
    const wire = view.getUint32(body + 16, littleEndian);
    const time_ms = high * from.highMs + low * from.lowMs + from.offsetMs;
    return this.#frame(view, { frameAt, end, captured, wire, linkType: from.linkType }, time_ms, offset + at);
  }

  /**
   * Has no time of its own: it gets the time of the frame before it, and never moves the capture's
   * clock.
   */
  #simplePacket(view: DataView, at: number, end: number, offset: number): boolean {
    const frameAt = at + BLOCK_HEADER_BYTES + 4;
    this.#require(frameAt <= end, offset + at, 'is too short for a packet');
    const from = this.#interface(0);
    if (from === undefined) {
      return true;
    }
    const { linkType, snaplen } = from;
    const wire = view.getUint32(frameAt - 4, this.#littleEndian);
    const room = end - frameAt;
    const captured = Math.min(wire, snaplen === 0 ? wire : snaplen, room);
    return this.#frame(view, { frameAt, end, captured, wire, linkType }, Number.NaN, offset + at);
  }

  /** `exact_ms` is NaN for a frame without a time. */
  #frame(view: DataView, frame: Frame, exact_ms: number, offset: number): boolean {
    const { frameAt, captured, wire, linkType } = frame;
    requireFrameLength(captured, offset);
    this.#require(
      frameAt + captured <= frame.end,
      offset,
      `says that it holds a packet of ${captured} bytes, but has room for ${frame.end - frameAt}`,
    );
    const time = this.#frames.time;
    const untimed = Number.isNaN(exact_ms);
    const time_ms = untimed ? this.#frames.untimed_ms : Math.min(Math.max(0, exact_ms), LAST_TIME_MS);
    if (untimed) {
      this.#frames.time_ms[0] = time_ms;
      this.#frames.frame(view, frameAt, frameAt + captured, wire > captured ? wire - captured : 0, linkType);
      return true;
    }
    if (time_ms >= time.end_ms && time.endsBefore(time_ms)) {
      this.waiting_ms = time_ms;
      return false;
    }
    if (time_ms > time.last_ms) {
      time.last_ms = time_ms;
    }
    this.#frames.time_ms[0] = time_ms;
    this.#frames.frame(view, frameAt, frameAt + captured, wire > captured ? wire - captured : 0, linkType);
    return true;
  }

  /** The interface of a frame; undefined if the frame can't be read, and was skipped. */
  #interface(id: number): PcapngInterface | undefined {
    const found = this.#interfaces[id];
    if (found && isSupportedLink(found.linkType)) {
      return found;
    }
    const name = this.#sections === 1 ? `interface ${id}` : `interface ${id} of section ${this.#sections}`;
    if (found) {
      this.#frames.skipUnread(skipLinkType(found.linkType), `${name} (link type ${found.linkType})`);
    } else {
      this.#frames.skipUnread(SKIP.NO_INTERFACE, `${name}, which its section has not described,`);
    }
    return undefined;
  }

  #require(holds: boolean, offset: number, problem: string): void {
    if (!holds) {
      throw this.#error(offset, problem);
    }
  }

  #error(offset: number, problem: string): CaptureError {
    return new CaptureError(
      `The block at byte ${offset} ${problem}. The capture is damaged from there on.`,
      offset,
    );
  }
}

interface Frame {
  frameAt: number;
  end: number;
  captured: number;
  wire: number;
  linkType: number;
}
