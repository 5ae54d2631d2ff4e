import { describe, expect, it } from 'vitest';
import {
  endpointOf,
  type FlowKey,
  isV6,
  KEY_WORDS,
  metaV4,
  metaV6,
  packFlowKey,
  protocolOf,
  unpackFlowKey,
} from '../../../core/policy/flow-key.ts';
import { flowKeySchema } from '../../../core/policy/flow-key-schema.ts';

const V4: FlowKey = { src: '10.0.0.1', src_port: 50_000, dst: '192.0.2.9', dst_port: 443, protocol: 6 };
const V6: FlowKey = { ...V4, src: '2001:db8:1:2:3:4:5:6', dst: '2001:db8:7:8:9:a:b:c', protocol: 17 };

describe('a packed flow key', () => {
  it.each([
    ['IPv4', V4],
    ['IPv6', V6],
    ['the highest ports and protocol', { ...V4, src_port: 65_535, dst_port: 65_535, protocol: 255 }],
  ])('reads back unchanged at any position: %s', (_, key) => {
    const words = new Int32Array(3 * KEY_WORDS).fill(7);
    const own = new Int32Array(KEY_WORDS);
    packFlowKey(key, 3, own);
    words.set(own, KEY_WORDS);
    expect(unpackFlowKey(words, KEY_WORDS)).toEqual(key);
    expect(endpointOf(own[3]!)).toBe(3);
  });

  it('packs protocol, family and endpoint into one word that is never 0', () => {
    expect([metaV4(0, 0), metaV6(0, 0)].map(isV6)).toEqual([false, true]);
    expect(metaV4(0, 0)).not.toBe(0);
    for (const meta of [metaV4(255, 32_767), metaV6(255, 32_767)]) {
      expect([protocolOf(meta), endpointOf(meta)]).toEqual([255, 32_767]);
    }
  });

  it.each([
    ['one of each family', V4.src, V6.dst],
    ["a source that can't be read", 'x', V4.dst],
    ["a destination that can't be read", V4.src, 'x'],
  ])('cannot be made of %s', (_, src, dst) => {
    expect(() => packFlowKey({ ...V4, src, dst }, 0, new Int32Array(KEY_WORDS))).toThrow(
      `A flow needs two IPv4 or two IPv6 addresses, but has src "${src}" and dst "${dst}".`,
    );
  });
});

describe('a flow from an argument', () => {
  const problems = (flow: object) =>
    (flowKeySchema.safeParse(flow).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it('may omit its ports, like later fragments', () => {
    const { src, dst } = V4;
    for (const ports of [{}, { src_port: null, dst_port: null }, { src_port: 0, dst_port: 0 }]) {
      expect(flowKeySchema.parse({ src, dst, protocol: 1, ...ports })).toEqual({
        ...{ src, dst, protocol: 1, src_port: 0, dst_port: 0 },
      });
    }
    expect(flowKeySchema.parse(V6)).toEqual(V6);
    expect(flowKeySchema.parse(V4)).toEqual(V4);
  });

  it.each<[string, object, string[]]>([
    ['an address', { src: 'x' }, ['src: must be an IPv4 or IPv6 address such as 192.0.2.1']],
    ['one family', { dst: V6.dst }, ['dst: must be of the same IP version as src']],
    [
      'one that it can read',
      { src: 'x', dst: V6.dst },
      ['src: must be an IPv4 or IPv6 address such as 192.0.2.1'],
    ],
    ['a port', { dst_port: 65_536 }, ['dst_port: must be a whole number from 0 to 65535']],
    ['a whole port', { src_port: 0.5 }, ['src_port: must be a whole number from 0 to 65535']],
    [
      'no ports with the last protocol',
      { protocol: 255, src_port: 0 },
      ['dst_port: must be left out: protocol 255 has no ports'],
    ],
    ['a protocol', { protocol: 256 }, ['protocol: must be a whole number from 0 to 255']],
    [
      'no ports if its protocol has none',
      { protocol: 1 },
      [
        'src_port: must be left out: protocol 1 has no ports',
        'dst_port: must be left out: protocol 1 has no ports',
      ],
    ],
    [
      'only the given port named',
      { protocol: 1, src_port: 0 },
      ['dst_port: must be left out: protocol 1 has no ports'],
    ],
  ])('needs %s', (_, more, expected) => {
    expect(problems({ ...V4, ...more })).toEqual(expected);
  });
});
