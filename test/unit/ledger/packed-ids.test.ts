import fc from 'fast-check';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { packedId, packedIdBytes, unpackedId } from '../../../core/ledger/packing/packed-ids.ts';

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ulids = fc
  .tuple(
    fc.constantFrom(...'01234567'),
    fc.array(fc.constantFrom(...digits), { minLength: 25, maxLength: 25 }),
  )
  .map(([first, rest]) => first + rest.join(''));
const paths = fc
  .tuple(fc.uuid(), fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 16, maxLength: 16 }))
  .map(([site, suffix]) => `${site}.${suffix.join('')}`);

describe('an id of a form that is known', () => {
  it.each([
    ['a ULID', ulids, 16],
    ['the id of a policy', ulids.map(id => `p-${id.toLowerCase()}`), 16],
    ['the id of a path', paths, 24],
  ] as const)('%s reads back as it was, in few bytes', (_name, ids, bytes) => {
    fc.assert(
      fc.property(ids, id => {
        const packed = packedId(id)!;
        expect(packed.hex).toHaveLength(bytes * 2);
        expect(packedIdBytes(packed.code)).toBe(bytes);
        expect(packed.code % 2).toBe(1);
        expect(unpackedId(packed.code, packed.hex)).toBe(id);
      }),
    );
  });

  it.each([
    '',
    'wan1',
    ulid().toLowerCase(),
    `8${'0'.repeat(25)}`,
    `p-${ulid()}`,
    `P-${ulid().toLowerCase()}`,
    'x'.repeat(53),
  ])('%j is none', id => {
    expect(packedId(id)).toBeUndefined();
  });
});
