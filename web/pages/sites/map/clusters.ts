import { drawnAt, type MapBox } from './map-view.ts';

export interface Placed {
  latitude: number;
  longitude: number;
}

/** A marker: one object, or several that would overlap. */
export interface Cluster<T> {
  members: T[];
  /** The centre of its members, in the coordinates of the view. */
  x: number;
  latitude: number;
}

/**
 * Groups objects by the cells of the view that they lie in, each of `size` degrees; leaves out
 * objects outside the view. Keeps the order of the objects.
 */
export function clustersOf<T extends Placed>(things: readonly T[], view: MapBox, size: number): Cluster<T>[] {
  const cells = new Map<string, Cluster<T>>();
  for (const thing of things) {
    const x = drawnAt(thing.longitude, view);
    const { latitude } = thing;
    if (x < view.west || x > view.east || latitude < view.south || latitude > view.north) continue;
    const cell = `${Math.floor((x - view.west) / size)} ${Math.floor((view.north - latitude) / size)}`;
    const cluster = cells.get(cell) ?? { members: [], x: 0, latitude: 0 };
    const count = cluster.members.push(thing);
    cluster.x += (x - cluster.x) / count;
    cluster.latitude += (latitude - cluster.latitude) / count;
    cells.set(cell, cluster);
  }
  return [...cells.values()];
}

/** The box around some objects, with a minimum size. */
export function boxAround(things: readonly Placed[]): MapBox {
  const margin = 0.25;
  const [latitudes, longitudes] = [
    things.map(({ latitude }) => latitude),
    things.map(({ longitude }) => longitude),
  ];
  return {
    south: Math.max(-90, Math.min(...latitudes) - margin),
    west: Math.max(-180, Math.min(...longitudes) - margin),
    north: Math.min(90, Math.max(...latitudes) + margin),
    east: Math.min(180, Math.max(...longitudes) + margin),
  };
}
