import { KEY_WORDS, metaV4, metaV6 } from '../../core/policy/flow-key.ts';
import type { Recorder } from '../../core/recorder/recorder.ts';

/** Maximum length of a layer-3 packet if the header gives no length; more than any capture has. */
const MAX_PACKET_BYTES = 2 ** 20;

const V4_HEADER_BYTES = 20;
const V6_HEADER_BYTES = 40;
const PORT_BYTES = 4;

const HOP_BY_HOP = 0;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const JUMBO_OPTION = 0xc2;

/**
 * Hop-by-hop, routing, destination options, mobility, HIP, shim6: length in 8 bytes, the first 8
 * not counted.
 */
const EXTENSIONS = new Set([HOP_BY_HOP, 43, 60, 135, 139, 140]);

/** Ports are at the same position in TCP, UDP, DCCP, SCTP and UDP-Lite. */
const PROTOCOLS_WITH_PORTS = [6, 17, 33, 132, 136];
const hasPorts = new Uint8Array(256);
for (const protocol of PROTOCOLS_WITH_PORTS) {
  hasPorts[protocol] = 1;
}

/** Minimum bytes of a transport header; anything shorter is not a packet of that protocol. */
const TRANSPORT_BYTES = new Map([
  [6, 20],
  [17, 8],
]);

/**
 * Reads an outermost IP header and counts its packet. Layer-3 bytes are IPv4's total length and
 * IPv6's payload length + 40 (a jumbogram's own length, RFC 2675, + 40). Where the length is 0
 * (segmentation offload: the card cuts the packet after the capture) they are the length on the
 * wire; in IPv6 only before TCP or UDP, as other packets may be empty.
 */
export class IpCounter {
  readonly #recorder: Recorder;
  readonly #endpoint: number;
  readonly #key = new Int32Array(KEY_WORDS);

  constructor(recorder: Recorder, endpoint: number) {
    this.#recorder = recorder;
    this.#endpoint = endpoint;
  }

  /**
   * Counts the packet whose header begins at `at`; the frame was captured up to `end` and had `cut`
   * more bytes on the wire. False if there is no complete and sound IP header: then nothing was
   * counted.
   */
  count(view: DataView, at: number, end: number, cut: number): boolean {
    if (at + V4_HEADER_BYTES > end) {
      return false;
    }
    const first = view.getInt32(at);
    if (first >>> 28 !== 4) {
      return first >>> 28 === 6 && this.#countV6(view, at, end, cut);
    }
    const headerBytes = (first >>> 22) & 0x3c;
    const total = first & 0xffff;
    const size = total === 0 ? wireBytes(view, at, end, cut) : total;
    if (headerBytes < V4_HEADER_BYTES || size < headerBytes) {
      return false;
    }
    const protocol = view.getUint8(at + 9);
    const src = view.getInt32(at + 12);
    const dst = view.getInt32(at + 16);
    const meta = metaV4(protocol, this.#endpoint);
    const later = (view.getUint16(at + 6) & 0x1fff) !== 0;
    const portsAt = at + headerBytes;
    let ports = 0;
    if (
      hasPorts[protocol] === 1 &&
      !later &&
      portsAt + PORT_BYTES <= end &&
      size >= headerBytes + PORT_BYTES
    ) {
      ports = view.getInt32(portsAt);
      if (ports === 0) {
        this.#recorder.recordV4(src, dst, 0, meta, size);
        this.#noteZeroPortsV4(src, dst, meta);
        return true;
      }
    }
    this.#recorder.recordV4(src, dst, ports, meta, size);
    return true;
  }

  #noteZeroPortsV4(src: number, dst: number, meta: number): void {
    const key = this.#key.fill(0);
    key[0] = src;
    key[1] = dst;
    key[3] = meta;
    this.#recorder.noteZeroPorts(key);
  }

  #countV6(view: DataView, at: number, end: number, cut: number): boolean {
    if (at + V6_HEADER_BYTES > end) {
      return false;
    }
    const payload = view.getUint16(at + 4);
    const key = this.#key;
    key[0] = view.getInt32(at + 8);
    key[1] = view.getInt32(at + 24);
    for (let i = 1; i < 4; i++) {
      key[3 + i] = view.getInt32(at + 8 + 4 * i);
      key[6 + i] = view.getInt32(at + 24 + 4 * i);
    }
    let protocol = view.getUint8(at + 6);
    let next = at + V6_HEADER_BYTES;
    const jumbo = payload === 0 && protocol === HOP_BY_HOP ? jumboLength(view, next, end) : 0;
    const offloaded = payload === 0 && jumbo === 0;
    let size = V6_HEADER_BYTES + (jumbo === 0 ? payload : jumbo);
    const stop = offloaded ? end : Math.min(end, at + size);
    const first = protocol;
    let ported = true;
    while (isExtension(protocol)) {
      if (next + 8 > stop) {
        ported = false;
        break;
      }
      const header = protocol;
      protocol = view.getUint8(next);
      if (header === FRAGMENT) {
        if ((view.getUint16(next + 2) & 0xfff8) !== 0) {
          ported = false;
          break;
        }
        next += 8;
      } else {
        const length = view.getUint8(next + 1);
        next += header === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
      }
    }
    if (offloaded) {
      const wire = wireBytes(view, at, end, cut);
      const header = ported ? TRANSPORT_BYTES.get(protocol) : undefined;
      if (header !== undefined && next - at + header <= wire) {
        size = wire;
      } else {
        ported = false;
        protocol = first;
      }
    }
    ported &&= hasPorts[protocol] === 1 && next + PORT_BYTES <= stop;
    key[2] = ported ? view.getInt32(next) : 0;
    key[3] = metaV6(protocol, this.#endpoint);
    this.#recorder.recordV6(key, size);
    if (ported && key[2] === 0) {
      this.#recorder.noteZeroPorts(key);
    }
    return true;
  }
}

function isExtension(protocol: number): boolean {
  return protocol === FRAGMENT || protocol === AUTHENTICATION || EXTENSIONS.has(protocol);
}

/** The packet's length by that of its frame: what was captured, and cut off. */
function wireBytes(view: DataView, at: number, end: number, cut: number): number {
  const captured = end - at;
  if (cut === 0) {
    return captured - redundancyTrailer(view, at, end);
  }
  return captured + cut <= MAX_PACKET_BYTES ? captured + cut : captured;
}

const REDUNDANCY_SUFFIX = 0x88fb;
const REDUNDANCY_BYTES = 6;

/**
 * PRP (IEC 62439-3) ends a frame with a sequence number, the length up to the frame's end, and a
 * suffix.
 */
function redundancyTrailer(view: DataView, at: number, end: number): number {
  if (end - at < V4_HEADER_BYTES + REDUNDANCY_BYTES || view.getUint16(end - 2) !== REDUNDANCY_SUFFIX) {
    return 0;
  }
  return (view.getUint16(end - 4) & 0xfff) === end - at ? REDUNDANCY_BYTES : 0;
}

/**
 * The payload length of a jumbogram, from its hop-by-hop header; 0 if there is no plausible one.
 */
function jumboLength(view: DataView, at: number, end: number): number {
  if (at + 8 > end) {
    return 0;
  }
  const stop = Math.min(end, at + (view.getUint8(at + 1) + 1) * 8);
  for (let option = at + 2; option + 2 <= stop; ) {
    const type = view.getUint8(option);
    if (type === JUMBO_OPTION && option + 6 <= stop) {
      const length = view.getUint32(option + 2);
      return length > 0xffff && length <= MAX_PACKET_BYTES ? length : 0;
    }
    option += type === 0 ? 1 : 2 + view.getUint8(option + 1);
  }
  return 0;
}
