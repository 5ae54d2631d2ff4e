import { expect, it } from 'vitest';
import { fnv1a } from '../../../core/hash.ts';

// From the tables of test vectors that its authors publish; stored keys depend on them.
it.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['b', 0xe70c2de5],
  ['foobar', 0xbf9cf968],
])('FNV-1a of "%s" is %d', (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});

it('hashes the UTF-8 bytes', () => {
  // Two bytes, c3 and a9: as `((basis ^ c3) * prime ^ a9) * prime` is by hand.
  const prime = 0x01000193n;
  const hash = [0xc3n, 0xa9n].reduce((sum, byte) => ((sum ^ byte) * prime) & 0xffff_ffffn, 0x811c9dc5n);
  expect(fnv1a('é')).toBe(Number(hash));
});
