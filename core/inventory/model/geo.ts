import { z } from 'zod';

/**
 * A part of the map between two parallels and two meridians, its edges included. WGS 84 degrees;
 * north and east are positive.
 */
export interface GeoBox {
  south: number;
  west: number;
  north: number;
  /** West of `west` where the box lies across the 180th meridian. */
  east: number;
}

const degrees = (name: string, most: number) => {
  const rule = `${name} must be a number of degrees from -${most} to ${most}.`;
  return z.number(rule).min(-most, rule).max(most, rule);
};

export const latitude = degrees('latitude', 90);
export const longitude = degrees('longitude', 180);

export const geoBoxInput = z
  .object({
    south: degrees('within.south', 90),
    west: degrees('within.west', 180),
    north: degrees('within.north', 90),
    east: degrees('within.east', 180),
  })
  .refine(({ south, north }) => south <= north, {
    error: 'within.south must be a latitude that is not north of within.north.',
    path: ['south'],
  });

/** Whether a place is in a box; false for a place without coordinates. */
export function isWithin(
  { south, west, north, east }: GeoBox,
  { latitude, longitude }: { latitude: number | null; longitude: number | null },
): boolean {
  if (latitude === null || longitude === null) return false;
  if (latitude < south || latitude > north) return false;
  return west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
}
