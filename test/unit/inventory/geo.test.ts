import { describe, expect, it } from 'vitest';
import { isWithin } from '../../../core/inventory/model/geo.ts';

const EUROPE = { south: 35, west: -10, north: 60, east: 30 };
const PACIFIC = { south: -50, west: 170, north: 0, east: -170 };

describe('a part of the map', () => {
  it.each([
    ['Berlin', EUROPE, 52.5, 13.4, true],
    ['its own corner', EUROPE, 35, -10, true],
    ['Lagos, south of it', EUROPE, 6.5, 3.4, false],
    ['Moscow, east of it', EUROPE, 55.7, 37.6, false],
    ['Fiji, across the 180th meridian', PACIFIC, -18, 178, true],
    ['Samoa, across the 180th meridian', PACIFIC, -14, -172, true],
    ['Sydney, west of it', PACIFIC, -34, 151, false],
  ])('contains %s: $4', (_, box, latitude, longitude, expected) => {
    expect(isWithin(box, { latitude, longitude })).toBe(expected);
  });

  it('contains no site without coordinates', () => {
    expect(isWithin(EUROPE, { latitude: null, longitude: null })).toBe(false);
  });
});
