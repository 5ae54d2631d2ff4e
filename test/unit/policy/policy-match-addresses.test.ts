import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, parseCidr } from '../../../core/policy/ip-address.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';

const v6Text = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 });

/** The address as one number, read from its text with all zeros written out. */
function asNumber(groups: number[]): bigint {
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

describe('addresses', () => {
  it('are the ones that Node accepts, without zone ids', () => {
    const piece = fc.constantFrom(
      '::',
      ':',
      '.',
      '0',
      '1',
      '255',
      '256',
      '01',
      'ffff',
      'FFFFF',
      'g',
      '192.0.2.1',
      'a:b',
      '%',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join('')),
      fc.array(piece, { minLength: 4, maxLength: 9 }).map(pieces => pieces.join(':')),
      fc.ipV6(),
      fc.ipV4(),
    );
    fc.assert(
      fc.property(text, address => {
        const family = address.includes('%') ? 0 : isIP(address);
        expect(parseAddress(address)?.family ?? 0).toBe(family);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['10.1.2.255', '10.1.2.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:2:0:0:3', '1::2:2:0:0:3'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('%s is written %s', (text, written) => {
    expect(formatAddress(parseAddress(text)!)).toBe(written);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '1:2',
    ':::',
    'fe80::1%eth0',
    'localhost',
    '10.0.0.1/8',
    ' 10.0.0.1',
    '\n::10.0.0.1',
    '::10.0.0.1x',
  ])('"%s" is not an address', text => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('of IPv6 are written as in a URL, and read back', () => {
    fc.assert(
      fc.property(v6Text, groups => {
        const full = groups.map(group => group.toString(16)).join(':');
        const written = formatAddress(parseAddress(full)!);
        expect(`[${written}]`).toBe(new URL(`http://[${full}]`).hostname);
        expect(parseAddress(written)).toEqual(parseAddress(full));
      }),
    );
  });
});

describe('networks', () => {
  it.each([
    '10.0.0.0/33',
    '2001:db8::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/10.0.0.1',
    'x/10.0.0.0/8',
    '/8',
    '10.0.0.0/-1',
    '10.0.0.0/a',
    '10/8',
  ])('"%s" is not a network', text => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('contain exactly the addresses with the same leading bits', () => {
    fc.assert(
      fc.property(v6Text, v6Text, fc.nat({ max: 128 }), fc.boolean(), (network, random, length, near) => {
        // An address near the network shares all its bits except one near the network's length.
        const flipped = asNumber(network) ^ (1n << BigInt(Math.min(127, Math.max(0, 128 - length))));
        const wanted = near ? flipped : asNumber(random);
        const groups = Array.from({ length: 8 }, (_, i) =>
          Number((wanted >> BigInt(112 - 16 * i)) & 0xffffn),
        );
        const text = (words: number[]) => words.map(word => word.toString(16)).join(':');
        const matcher = compilePolicies([
          {
            id: '1',
            name: '',
            priority: 1,
            enabled: true,
            match: { destination_cidr: `${text(network)}/${length}` },
          },
        ]);
        const flow = { src: '::', src_port: 0, dst: text(groups), dst_port: 0, protocol: 6 };
        const shift = BigInt(128 - length);
        const within = asNumber(network) >> shift === wanted >> shift;
        expect(matcher.match(flow)).toBe(within ? '1' : 'default');
      }),
    );
  });
});
