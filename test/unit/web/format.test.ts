import { afterEach, describe, expect, it } from 'vitest';
import {
  bitsPerSecond,
  bytes,
  percent,
  setNotation,
  tick,
  time,
  UNKNOWN,
  withLocalTimes,
} from '../../../web/parts/format.ts';

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

  it.each([
    [0, '0%'],
    [0.0001, '<0.1%'],
    [0.049, '<0.1%'],
    [0.05, '0.1%'],
    [12.34, '12.3%'],
    [99.94, '99.9%'],
    [99.9999, '>99.9%'],
    [100, '100%'],
    [100.01, '100%'],
    [null, UNKNOWN],
  ])('show %j per cent as %s', (value, text) => {
    expect(percent(value)).toBe(text);
  });

  it('have decimal rates in both units', () => {
    setNotation({ timeZone: undefined, units: 'IEC' });
    expect(bitsPerSecond(1_000_000)).toBe('1 Mbit/s');
  });

  it('show the times in sentences of the API as local times', () => {
    setNotation({ timeZone: 'Europe/Berlin', units: 'SI' });
    expect(withLocalTimes('It can be restored until 2026-12-30T02:45:13.239Z.')).toMatch(
      /^It can be restored until \D*30\D.*3:45:13\D*\.$/,
    );
    expect(withLocalTimes('Site p-1 was moved on 2026-12-30.')).toBe('Site p-1 was moved on 2026-12-30.');
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
