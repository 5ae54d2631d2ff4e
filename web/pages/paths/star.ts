/** A place on the map, relative to its middle. */
export interface Place {
  x: number;
  y: number;
  /** Where its name is written: to the right of it, or to the left. */
  side: 'right' | 'left';
}

export interface Star {
  places: Place[];
  /** From the topmost place to the lowest. */
  height: number;
}

/** Pixels between two names at least, so that none lies on another. */
const ROW = 24;
/** So that few neighbours don't lie in one line. */
const SMALLEST = 288;

/**
 * Places around a middle, clockwise from the top right: half of them at its right, half at its
 * left, each in a row of its own, on an ellipse so wide as `radius` at both sides.
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
