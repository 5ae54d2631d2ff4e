import { feature } from 'topojson-client';
import land from 'world-atlas/land-110m.json' with { type: 'json' };

/** Longitude and latitude. */
type Position = [number, number];

/** The used parts of the outlines: one collection of all land. */
interface Outlines {
  features: { geometry: { type: 'MultiPolygon'; coordinates: Position[][][] } }[];
}

/**
 * A ring that crosses the 180th meridian continues beyond it, so that no line runs back across the
 * whole map.
 */
function outline(ring: Position[]): string {
  let turn = 0;
  let before = ring[0]![0];
  const points = ring.map(([longitude, latitude]) => {
    if (longitude - before > 180) turn -= 360;
    if (before - longitude > 180) turn += 360;
    before = longitude;
    return `${round(longitude + turn)} ${round(-latitude)}`;
  });
  return `M${points.join('L')}Z`;
}

const round = (degrees: number): number => Math.round(degrees * 100) / 100;

const topology = land as unknown as Parameters<typeof feature>[0];

const { features } = feature(topology, topology.objects.land!) as unknown as Outlines;

/**
 * Outlines of all land as SVG path data; a unit is a degree, north is up. Natural Earth, 1:110
 * million.
 */
export const LAND: string = features
  .flatMap(({ geometry }) => geometry.coordinates.flat())
  .map(outline)
  .join('');
