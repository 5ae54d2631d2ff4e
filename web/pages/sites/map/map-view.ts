/**
 * Geometry of the map: an equirectangular projection, in which a degree is a unit in both
 * directions, so that zooming only changes the view.
 */

/** A part of the map, degrees. `east` is over 180 if the part crosses the 180th meridian. */
export interface MapBox {
  south: number;
  west: number;
  north: number;
  east: number;
}

export const WORLD: MapBox = { south: -60, west: -180, north: 84, east: 180 };

/** Width divided by height of the map. */
export const ASPECT = 2.5;

/** The smallest width of a view, degrees of longitude. */
const NARROWEST = 0.5;

/**
 * The box in an address, such as `-10,35,30,60`: west, south, east, north. Undefined: none, or it
 * is not on the map.
 */
export function readBox(text: string | undefined): MapBox | undefined {
  const numbers = (text ?? '').split(',').map(Number);
  const [west, south, east, north] = numbers as [number, number, number, number];
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return undefined;
  const inRange = south >= -90 && north <= 90 && west >= -180 && west <= 180 && east >= -180 && east <= 180;
  if (!inRange || south >= north || west === east) return undefined;
  return { south, west, north, east: east < west ? east + 360 : east };
}

/** Writes a box for `readBox`, rounded to a hundredth of a degree (about a kilometre). */
export function writeBox({ south, west, north, east }: MapBox): string {
  return [turned(west), south, turned(east), north].map(value => Math.round(value * 100) / 100).join(',');
}

/** A box as the query expects it: no longitude over 180. */
export function boxArgument({ south, west, north, east }: MapBox): MapBox {
  return { south, west: turned(west), north, east: turned(east) };
}

/** The smallest view with the map's proportions that contains a box, with the box in its centre. */
export function viewOf({ south, west, north, east }: MapBox): MapBox {
  const width = Math.max(east - west, (north - south) * ASPECT, NARROWEST);
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  return {
    ...{ west: x - width / 2, east: x + width / 2 },
    ...{ south: y - width / ASPECT / 2, north: y + width / ASPECT / 2 },
  };
}

/** A box of half or twice the width around the same centre, within the world's latitudes. */
export function zoomed({ south, west, north, east }: MapBox, factor: number): MapBox {
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const width = Math.min(360, Math.max(NARROWEST, (east - west) * factor));
  const height = (north - south) * factor;
  return {
    ...{ west: turned(x - width / 2), east: turned(x - width / 2) + Math.min(width, 359.98) },
    ...{ south: Math.max(-90, y - height / 2), north: Math.min(90, y + height / 2) },
  };
}

/** The place of a longitude in a view; the same meridian repeats every 360 degrees. */
export function drawnAt(longitude: number, { west, east }: MapBox): number {
  const middle = (west + east) / 2;
  return longitude + 360 * Math.round((middle - longitude) / 360);
}

/**
 * The box between two points of a view, given as shares of its width and height from the upper left
 * corner.
 */
export function boxBetween(view: MapBox, a: SharePoint, b: SharePoint): MapBox {
  const longitude = (x: number) => view.west + x * (view.east - view.west);
  const latitude = (y: number) => view.north - y * (view.north - view.south);
  const west = longitude(Math.min(a.x, b.x));
  const east = longitude(Math.max(a.x, b.x));
  return {
    ...{ west: turned(west), east: turned(west) + (east - west) },
    south: Math.max(-90, latitude(Math.max(a.y, b.y))),
    north: Math.min(90, latitude(Math.min(a.y, b.y))),
  };
}

export interface SharePoint {
  x: number;
  y: number;
}

/** A longitude from -180 to 180. */
function turned(longitude: number): number {
  if (longitude >= -180 && longitude <= 180) return longitude;
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}
