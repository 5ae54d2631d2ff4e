/**
 * The size of an item as DynamoDB counts it: attribute names and values; text in UTF-8, binary as
 * it is, a number a byte for each two significant digits and one more, a boolean one byte. Source:
 * DynamoDB Developer Guide, "DynamoDB item sizes and formats".
 */
export function itemBytes(item: Record<string, unknown>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

/** Write units of one item in a transaction: a unit for each begun KB, twice. */
export function transactionWriteUnits(bytes: number): number {
  return 2 * Math.ceil(bytes / 1024);
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  if (value === null) return 1;
  // A list or map has 3 bytes of its own, and one for each element.
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + 1 + valueBytes(one), 3);
  if (typeof value === 'object') {
    return 3 + Object.keys(value).length + itemBytes(value as Record<string, unknown>);
  }
  if (typeof value === 'number' || typeof value === 'bigint') return numberBytes(String(value));
  if (typeof value === 'boolean' || value === null) return 1;
  if (value === undefined) return 0;
  throw new Error(`size of ${typeof value} not known here`);
}

function numberBytes(text: string): number {
  const digits = text.replace(/^-?0*|\./g, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
