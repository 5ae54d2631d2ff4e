import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_BYTES, packFives, unpackFives } from '../../../core/history/percentile/fives.ts';

const HOUR = 3_600_000;
const five = fc.option(fc.maxSafeNat());
const fives = fc.array(five, { minLength: 12, maxLength: 12 });
const peak = { packets_per_second: 0, bits_per_second: 0, active_flows: 0 };

it('reads back the values of the hour of a sample and of earlier hours', () => {
  const repairs = fc.array(fc.record({ at: fc.nat(1e6).map(hour => hour * HOUR), fives }), { maxLength: 3 });
  const property = fc.property(fc.option(fives, { nil: undefined }), repairs, (own, repaired) => {
    const packed = packFives({
      ...(own && { fives: own }),
      repairs: repaired.map(each => ({ ...each, peak })),
    });
    expect(unpackFives(5 * HOUR, packed)).toEqual([{ at: 5 * HOUR, fives: own }, ...repaired]);
  });
  fc.assert(property);
});

it('returns nothing for a sample of an earlier release', () => {
  expect(packFives({ repairs: [{ at: HOUR, peak }] })).toBeUndefined();
  expect(unpackFives(HOUR, undefined)).toEqual([{ at: HOUR, fives: undefined }]);
});

it('packs a sample of a busy hour in under 180 bytes', () => {
  const busy = NO_BYTES.map(() => 3_750_000_000_000);
  expect(packFives({ fives: busy })!.length).toBeLessThan(180);
});
