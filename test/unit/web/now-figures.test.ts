import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../web/pages/now/address-of.ts';
import { sumOf } from '../../../web/pages/now/sum-of-figures.ts';

const rate = (bits_per_second: number) => ({ bits_per_second, packets_per_second: bits_per_second / 8000 });

describe('the sum of the policies', () => {
  it('is exact beyond 2^53', () => {
    const figure = { packets_exact: '1', bytes_exact: '9007199254740993', active_flows: 2, rate: null };
    expect(sumOf([figure, { ...figure, rate: rate(8000) }])).toEqual({
      packets: '2',
      bytes: '18014398509481986',
      active_flows: 4,
      rate: { bits_per_second: 8000, packets_per_second: 1, from: null, to: null },
    });
  });

  it('has no rate if no rate is known', () => {
    const unknown = { packets_exact: null, bytes_exact: null, active_flows: null, rate: null };
    expect(sumOf([unknown])).toEqual({ packets: '0', bytes: '0', active_flows: 0, rate: null });
    expect(sumOf([])).toMatchObject({ rate: null });
  });
});

describe('the address of a target', () => {
  it.each([
    ['path:p-1', 's-1', '/paths', { path: 'p-1' }],
    ['site:s-2', null, '/sites/s-2', {}],
    ['site:a/b?c', null, '/sites/a%2Fb%3Fc', {}],
    ['edge:edge-7', 's-1', '/sites/s-1', {}],
    ['edge:edge-7', null, '/sites', { view: 'edges' }],
    ['quarantine:bad_signature', null, '/sites', {}],
  ])('of %s at site %s is %s with %o', (target, site, to, search) => {
    expect(addressOf(target, site)).toEqual({ to, search });
  });
});
