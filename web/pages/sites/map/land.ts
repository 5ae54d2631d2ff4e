import type { Position } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import land from 'world-atlas/land-110m.json' with { type: 'json' };

const topology = land as unknown as Topology<{ land: GeometryCollection }>;

/** A ring that crosses the 180th meridian goes on beyond it, so that no edge leads back across the whole map. */
function outline(ring: Position[]): string {
  let turn = 0;
  let before = ring[0]![0]!;
  const points = ring.map(([longitude, latitude]) => {
    if (longitude! - before > 180) turn -= 360;
    if (before - longitude! > 180) turn += 360;
    before = longitude!;
    return `${round(longitude! + turn)} ${round(-latitude!)}`;
  });
  return `M${points.join('L')}Z`;
}

const round = (degrees: number): number => Math.round(degrees * 100) / 100;

/** Outlines of all land as the data of an SVG path, a unit a degree, north up. Natural Earth, 1:110 million. */
export const LAND: string = feature(topology, topology.objects.land)
  .features.flatMap(({ geometry }) => {
    if (geometry.type === 'Polygon') return geometry.coordinates;
    return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : [];
  })
  .map(outline)
  .join('');
