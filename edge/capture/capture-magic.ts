/** Magic numbers of pcap files, as they read in the byte order of their file. */
export const MAGIC = {
  MICROSECONDS: 0xa1b2c3d4,
  NANOSECONDS: 0xa1b23c4d,
  PATCHED: 0xa1b2cd34,
} as const;

export const PCAP_HEADER_BYTES = 24;

const PCAP_MAGICS = new Set<number>(Object.values(MAGIC));

/** Whether four bytes (read big-endian) are the magic number of a big-endian pcap file. */
export function isPcapMagic(magic: number): boolean {
  return PCAP_MAGICS.has(magic);
}

/** Whether a file that begins with these four bytes (read big-endian) is a pcap file. */
export function isPcap(magic: number): boolean {
  return PCAP_MAGICS.has(magic) || PCAP_MAGICS.has(swapped(magic));
}

function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

export const PCAPNG_MAGIC = 0x0a0d0d0a;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const SWAPPED_BYTE_ORDER_MAGIC = 0x4d3c2b1a;
/** Bytes of a section header that are needed: type, length, byte order, version. */
export const SECTION_BYTES = 16;

/** The result of `beginsCapture` for bytes that don't begin a capture. */
export const NO_CAPTURE = 0;

/**
 * Whether the header of a capture file may begin at `at`, in the middle of another file. Returns
 * how many bytes are needed to begin to read it, or `NO_CAPTURE`. Bytes that are not available yet
 * are assumed to match. At least 16 bytes must be available.
 */
export function beginsCapture(view: DataView, at: number): number {
  const magic = view.getUint32(at);
  if (magic === PCAPNG_MAGIC) {
    const order = view.getUint32(at + 8);
    return order === BYTE_ORDER_MAGIC || order === SWAPPED_BYTE_ORDER_MAGIC ? SECTION_BYTES : NO_CAPTURE;
  }
  if (!isPcap(magic)) {
    return NO_CAPTURE;
  }
  const littleEndian = !isPcapMagic(magic);
  const version = view.getUint16(at + 4, littleEndian);
  const minor = view.getUint16(at + 6, littleEndian);
  // Read as a record, this would be one of the year 2055 at half a second.
  return version === 2 && minor <= 4 ? PCAP_HEADER_BYTES : NO_CAPTURE;
}
