import { afterEach, describe, expect, it } from 'vitest';
import { bitsPerSecond, bytes, setNotation, tick, time, UNKNOWN } from '../../../web/parts/format.ts';

const AT = Date.UTC(2026, 0, 31, 12, 30);

describe('figures and times', () => {
  afterEach(() => setNotation({ timeZone: undefined, units: 'SI' }));

  it.each([
    ['SI', '0', '0 B'],
    ['SI', '999', '999 B'],
    ['SI', '1024', '1.02 kB'],
    ['SI', 999_999, '1 MB'],
    ['IEC', '1000', '1,000 B'],
    ['IEC', '1023.9', '1 KiB'],
    ['IEC', '1536', '1.5 KiB'],
    ['IEC', String(2n ** 60n), '1 EiB'],
    ['IEC', null, UNKNOWN],
  ] as const)('in %s units %j bytes are %s', (units, value, text) => {
    setNotation({ timeZone: undefined, units });
    expect(bytes(value)).toBe(text);
  });

  it('have decimal rates in both units', () => {
    setNotation({ timeZone: undefined, units: 'IEC' });
    expect(bitsPerSecond(1_000_000)).toBe('1 Mbit/s');
  });

  it('are in the chosen time zone, including the days', () => {
    setNotation({ timeZone: 'Pacific/Kiritimati', units: 'SI' });
    // There it is 02:30 of the next day.
    expect(time(AT, AT)).toMatch(/^0?2:30:00/);
    expect(time(AT - 3 * 3_600_000, AT)).toMatch(/Jan 31, 2026|31 Jan 2026/);
    expect(tick(AT, 60)).toMatch(/^0?2:30/);
    expect(tick(AT - 2.5 * 3_600_000, 60)).toMatch(/Feb 1|1 Feb/);
  });
});
