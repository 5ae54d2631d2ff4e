import { describe, expect, it } from 'vitest';
import { boxAround, clustersOf } from '../../../web/pages/sites/map/clusters.ts';
import { LAND } from '../../../web/pages/sites/map/land.ts';
import {
  ASPECT,
  boxArgument,
  boxBetween,
  drawnAt,
  readBox,
  viewOf,
  WORLD,
  writeBox,
  zoomed,
} from '../../../web/pages/sites/map/map-view.ts';

const EUROPE = { south: 35, west: -10, north: 60, east: 30 };
const PACIFIC = { south: -50, west: 170, north: 0, east: 190 };

describe('a box of the map', () => {
  it('is written to an address and read back, also across the 180th meridian', () => {
    expect(writeBox(EUROPE)).toBe('-10,35,30,60');
    expect(writeBox(PACIFIC)).toBe('170,-50,-170,0');
    expect([EUROPE, PACIFIC].map(box => readBox(writeBox(box)))).toEqual([EUROPE, PACIFIC]);
    expect(boxArgument(PACIFIC)).toEqual({ south: -50, west: 170, north: 0, east: -170 });
  });

  it.each(['', '1,2,3', '1,2,3,x', '0,50,10,40', '0,-91,10,40', '200,0,210,10', '5,0,5,10', '1,2,3,4,5'])(
    'is absent if the address contains %j',
    text => expect(readBox(text)).toBeUndefined(),
  );

  it('is centred in a view with the proportions of the map', () => {
    const { south, west, north, east } = viewOf(EUROPE);
    expect((east - west) / (north - south)).toBeCloseTo(ASPECT, 9);
    expect([(west + east) / 2, (south + north) / 2]).toEqual([10, 47.5]);
    expect(west <= -10 && east >= 30 && south <= 35 && north >= 60).toBe(true);
  });

  it('is the area of a drag in any direction', () => {
    const view = { south: 0, west: 0, north: 40, east: 100 };
    const [a, b] = [
      { x: 0.1, y: 0.25 },
      { x: 0.3, y: 0.75 },
    ];
    const expected = { west: 10, east: 30, north: 30, south: 10 };
    expect([boxBetween(view, a, b), boxBetween(view, b, a)]).toEqual([expected, expected]);
  });

  it('is zoomed around its centre, up to the world at most', () => {
    expect(zoomed(EUROPE, 0.5)).toEqual({ west: 0, east: 20, south: 41.25, north: 53.75 });
    const widest = zoomed(zoomed(WORLD, 2), 2);
    expect(readBox(writeBox(widest))).toBeDefined();
    expect([widest.south, widest.north]).toEqual([-90, 90]);
  });
});

describe('places on the map', () => {
  const place = (name: string, latitude: number, longitude: number) => ({ name, latitude, longitude });
  const CLOSE = [place('a', 52.5, 13.4), place('b', 52.6, 13.3), place('c', 38.7, -9.1)];

  it('are merged if they overlap, and separate at a larger scale', () => {
    const wide = clustersOf(CLOSE, viewOf(WORLD), 12);
    expect(wide.map(({ members }) => members.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
    expect(wide[0]!.latitude).toBeCloseTo(52.55, 9);
    const close = clustersOf(CLOSE, viewOf(boxAround(wide[0]!.members)), 0.05);
    expect(close.map(({ members }) => members.map(({ name }) => name))).toEqual([['a'], ['b']]);
  });

  it('are on the side of the 180th meridian that is visible', () => {
    const fiji = clustersOf([place('Suva', -18, 178), place('Apia', -14, -172)], viewOf(PACIFIC), 4);
    expect(fiji.map(({ x }) => x)).toEqual([178, 188]);
    expect(drawnAt(-172, WORLD)).toBe(-172);
  });

  it('have outlines of land below them, none of which crosses the whole map', () => {
    const rings = LAND.split('M').slice(1);
    expect(rings.length).toBeGreaterThan(100);
    const edges = rings.flatMap(ring => {
      const points = ring
        .replace('Z', '')
        .split('L')
        .map(point => Number(point.split(' ')[0]));
      return points.slice(1).map((longitude, index) => Math.abs(longitude - points[index]!));
    });
    expect(Math.max(...edges)).toBeLessThanOrEqual(180);
  });
});
