import { describe, expect, it } from 'vitest';
import { type FiguresMessage, figuresOf, withPublication } from '../../../web/data/figures-state.ts';

interface Item {
  id: string;
  rate: number;
}

const message = (
  seq: number,
  items: Item[],
  more: Partial<FiguresMessage<Item>> = {},
): FiguresMessage<Item> => ({
  seq,
  part: 0,
  parts: 1,
  as_of: `at ${seq}`,
  items,
  removed: [],
  ...more,
});

const first = figuresOf(
  message(7, [
    { id: 'a', rate: 1 },
    { id: 'b', rate: 2 },
  ]),
);

describe('live figures', () => {
  it('take what changed, leave the rest and drop what is gone', () => {
    const next = withPublication(first, message(8, [{ id: 'b', rate: 3 }], { removed: ['a'] }));
    expect(next).toEqual({
      seq: 8,
      as_of: 'at 8',
      items: new Map([['b', { id: 'b', rate: 3 }]]),
      open: null,
    });
    expect(first.items.get('b')).toEqual({ id: 'b', rate: 2 });
  });

  it.each([6, 7])('ignore publication %i, which the query had in it', seq => {
    expect(withPublication(first, message(seq, [{ id: 'a', rate: 9 }]))).toBe(first);
  });

  it('notice a publication that was missed', () => {
    expect(withPublication(first, message(9, []))).toBe('GAP');
  });

  it('are at the next publication when all of its parts are there, in any order', () => {
    const parts = (part: number, items: Item[]) => message(8, items, { part, parts: 2 });
    const half = withPublication(first, parts(1, [{ id: 'b', rate: 5 }]));
    expect(half).toMatchObject({ seq: 7, as_of: 'at 7', open: { seq: 8 } });
    if (half === 'GAP') throw new Error('It is no gap.');
    expect(withPublication(half, message(9, []))).toBe('GAP');
    // A repeated part is not the missing one.
    expect(withPublication(half, parts(1, [{ id: 'b', rate: 5 }]))).toMatchObject({ seq: 7 });
    expect(withPublication(half, parts(0, [{ id: 'a', rate: 4 }]))).toEqual({
      seq: 8,
      as_of: 'at 8',
      items: new Map([
        ['a', { id: 'a', rate: 4 }],
        ['b', { id: 'b', rate: 5 }],
      ]),
      open: null,
    });
  });
});
