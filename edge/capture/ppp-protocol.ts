const PPP_ETHERTYPES = new Map([
  [0x0021, 0x0800],
  [0x0057, 0x86dd],
  [0x0281, 0x8847],
  [0x0283, 0x8848],
]);

/**
 * The ethertype that is equivalent to a PPP protocol; undefined if the protocol does not carry IP,
 * or is truncated.
 */
export function pppEthertype(view: DataView, at: number, end: number): number | undefined {
  if (at + 2 > end) {
    return undefined;
  }
  return PPP_ETHERTYPES.get(pppProtocolBytes(view, at, end) === 1 ? view.getUint8(at) : view.getUint16(at));
}

/**
 * The protocol field has two bytes, or one byte if it is compressed. A compressed byte is odd; the
 * first of two bytes is always even.
 */
export function pppProtocolBytes(view: DataView, at: number, end: number): number {
  return at < end && (view.getUint8(at) & 1) === 1 ? 1 : 2;
}
