/** A place on the map, relative to its middle. */
export interface Place {
  x: number;
  y: number;
  /** The side on which its name is drawn. */
  side: 'right' | 'left';
}

export interface Star {
  places: Place[];
  /** From the topmost place to the lowest. */
  height: number;
}

/** The smallest distance between two names in pixels, so that they don't overlap. */
const ROW = 24;
/** Keeps a few neighbours from lying on one line. */
const SMALLEST = 288;

/**
 * Places around a centre, clockwise from the top right: half of them on the right, half on the
 * left, each in its own row, on an ellipse that extends `radius` to both sides.
 */
export function starOf(count: number, radius: number): Star {
  const rightCount = Math.ceil(count / 2);
  const height = Math.max(SMALLEST, rightCount * ROW);
  const places = Array.from({ length: count }, (_, index): Place => {
    const right = index < rightCount;
    const rows = right ? rightCount : count - rightCount;
    const row = right ? index : rows - 1 - (index - rightCount);
    const y = ((row + 0.5) / rows - 0.5) * height;
    const x = radius * Math.sqrt(1 - (y / (height / 2 + ROW)) ** 2);
    return right ? { x, y, side: 'right' } : { x: -x, y, side: 'left' };
  });
  return { places, height };
}
