const OPTION_END = 0;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;

/** Time resolution and link type of a capture interface. */
export interface PcapngInterface {
  linkType: number;
  /** Bytes at which its frames are cut; 0 for no limit. */
  snaplen: number;
  /** Milliseconds of one unit of the low word of a timestamp, and of one of the high word. */
  lowMs: number;
  highMs: number;
  offsetMs: number;
}

/**
 * Reads the body of an interface description block from `at` to `end`. Options that don't fit are
 * ignored.
 */
export function readInterface(
  view: DataView,
  at: number,
  end: number,
  littleEndian: boolean,
): PcapngInterface {
  let unitMs = 1e-3;
  let offsetMs = 0;
  for (let option = at + 8; option + 4 <= end; ) {
    const code = view.getUint16(option, littleEndian);
    const length = view.getUint16(option + 2, littleEndian);
    const value = option + 4;
    if (code === OPTION_END || value + length > end) {
      break;
    }
    if (code === OPTION_TSRESOL && length >= 1) {
      unitMs = resolutionMs(view.getUint8(value));
    } else if (code === OPTION_TSOFFSET && length >= 8) {
      offsetMs = Number(view.getBigInt64(value, littleEndian)) * 1000;
    }
    option = value + Math.ceil(length / 4) * 4;
  }
  return {
    linkType: view.getUint16(at, littleEndian),
    snaplen: view.getUint32(at + 4, littleEndian),
    lowMs: unitMs,
    highMs: unitMs * 2 ** 32,
    offsetMs,
  };
}

/** `if_tsresol`: a negative power of ten, or of two where the highest bit is set. */
function resolutionMs(resolution: number): number {
  const base = resolution & 0x80 ? 2 : 10;
  return 1000 * base ** -(resolution & 0x7f);
}
