import fc from 'fast-check';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { formOf, formOfCode } from '../../../core/ledger/packing/packed-ids.ts';

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

describe('an id of a known form', () => {
  it.each([
    ['a UUID', fc.uuid(), 16],
    ['a ULID', ulids, 16],
    ['the id of a policy', ulids.map(id => `p-${id.toLowerCase()}`), 16],
    ['the id of a path', paths, 24],
  ] as const)('%s reads back as it was, in few bytes', (_name, ids, bytes) => {
    fc.assert(
      fc.property(ids, id => {
        const form = formOf(id)!;
        expect(form.bytes).toBe(bytes);
        expect(formOfCode(form.code)).toBe(form);
        const into = new Uint8Array(bytes + 2).fill(9);
        form.write(id, into, 1);
        expect([into[0], into.at(-1)]).toEqual([9, 9]);
        expect(form.read(into, 1)).toBe(id);
      }),
    );
  });

  it.each([
    '',
    'wan1',
    ulid().toLowerCase(),
    // Their digits have more than 128 bits.
    `8${'0'.repeat(25)}`,
    `p-8${'0'.repeat(25)}`,
    `p-${ulid()}`,
    `P-${ulid().toLowerCase()}`,
    'x'.repeat(53),
    'x'.repeat(36),
  ])('%j has no known form', id => {
    expect(formOf(id)).toBeUndefined();
  });
});

it('reads the bytes of earlier releases as the same ids', () => {
  const read = (code: number, hex: string) => formOfCode(code)!.read(Buffer.from(hex, 'hex'), 0);
  expect(read(1, '550e8400e29b41d4a716446655440000')).toBe('550e8400-e29b-41d4-a716-446655440000');
  expect(read(3, '550e8400e29b41d4a7164466554400000123456789abcdef')).toBe(
    '550e8400-e29b-41d4-a716-446655440000.0123456789abcdef',
  );
  expect(read(5, '01949edaa1b9d1b3b06785dbf0a43d5b')).toBe('01JJFDN8DST6SV0SW5VFRA8FAV');
  expect(read(7, '01949edaa1b9d1b3b06785dbf0a43d5b')).toBe('p-01jjfdn8dst6sv0sw5vfra8fav');
});
