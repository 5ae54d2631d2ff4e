import type { Cidr, IpAddress } from './ip-address.ts';

/**
 * Values by network. The value of an address is found with one look-up per length of prefix in the
 * table.
 */
export class NetworkTable<Value> {
  /** By family and length, longest first; then by the leading bits. */
  readonly #lengths: { family: 4 | 6; length: number; values: Map<string, Value> }[] = [];

  constructor(entries: Iterable<readonly [Cidr, Value]> = []) {
    for (const [network, value] of entries) this.#add(network, value);
    this.#lengths.sort((a, b) => b.length - a.length);
  }

  /** If a network is added twice, the first value is kept. */
  #add({ address, length }: Cidr, value: Value): void {
    const { family } = address;
    let row = this.#lengths.find(row => row.family === family && row.length === length);
    if (!row) {
      row = { family, length, values: new Map() };
      this.#lengths.push(row);
    }
    const bits = leadingBits(address, length);
    if (!row.values.has(bits)) row.values.set(bits, value);
  }

  /** The value of the longest prefix that contains an address. */
  longest(address: Readonly<IpAddress>): Value | undefined {
    for (const { family, length, values } of this.#lengths) {
      if (family !== address.family) continue;
      const value = values.get(leadingBits(address, length));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

function leadingBits({ words }: Readonly<IpAddress>, length: number): string {
  let bits = '';
  for (let index = 0; 32 * index < length; index++) {
    const kept = Math.min(32, length - 32 * index);
    bits += `${(words[index]! >>> (32 - kept)) >>> 0} `;
  }
  return bits;
}
