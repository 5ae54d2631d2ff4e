const SURROGATES_FROM = 0xd800;
const AFTER_SURROGATES = 0xe000;

/**
 * Compares texts as DynamoDB sorts keys: by their bytes in UTF-8, which is by code point.
 * JavaScript's `<` compares UTF-16 units, which differs where characters past U+FFFF are involved.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Ranks surrogates, the halves of characters past U+FFFF, after all other units. */
function rank(unit: number): number {
  if (unit < SURROGATES_FROM) return unit;
  return unit < AFTER_SURROGATES ? unit + 0x10000 : unit;
}
