import { describe, expect, it } from 'vitest';
import { starOf } from '../../../web/pages/paths/star.ts';

describe('the places around a site', () => {
  it.each([1, 2, 3, 11, 40])('give each of %i neighbours a row for its name at its side', count => {
    const { places, height } = starOf(count, 112);
    expect(places).toHaveLength(count);
    for (const side of ['right', 'left'] as const) {
      const rows = places.filter(place => place.side === side).map(({ y }) => y);
      rows.sort((a, b) => a - b);
      for (const [index, y] of rows.slice(1).entries()) expect(y - rows[index]!).toBeGreaterThan(23.9);
      for (const y of rows) expect(Math.abs(y)).toBeLessThanOrEqual(height / 2);
    }
  });

  it('are ordered clockwise from the top right, the worst first', () => {
    const [first, second, third, last] = starOf(4, 100).places;
    expect([first!.side, second!.side, third!.side, last!.side]).toEqual(['right', 'right', 'left', 'left']);
    expect(first!.y).toBeLessThan(second!.y);
    expect(third!.y).toBeGreaterThan(last!.y);
  });

  it('have their names beside the star, never inside it', () => {
    for (const { x, side } of starOf(9, 112).places) {
      expect(side === 'right' ? x : -x).toBeGreaterThan(0);
      expect(Math.abs(x)).toBeLessThanOrEqual(112);
    }
  });
});
