import { describe, expect, it } from 'vitest';
import {
  type FiguresMessage,
  type FiguresState,
  figuresOf,
  following,
  withPage,
} from '../../../web/data/figures-state.ts';

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

const first = figuresOf([
  message(7, [
    { id: 'a', rate: 1 },
    { id: 'b', rate: 2 },
  ]),
]);

const rates = ({ items }: FiguresState<Item>) =>
  Object.fromEntries([...items.values()].map(({ id, rate }) => [id, rate]));

describe('the answer of the query', () => {
  it('is the union of its pages, at the publication of the first', () => {
    const pages = figuresOf([message(7, [{ id: 'a', rate: 1 }]), message(7, [{ id: 'b', rate: 2 }])]);
    expect(pages).toEqual(first);
  });

  it('updates the items of one page, and keeps the others', () => {
    const next = withPage(first, message(8, [{ id: 'a', rate: 4 }]));
    expect([next.seq, next.as_of, rates(next)]).toEqual([7, 'at 7', { a: 4, b: 2 }]);
  });
});

describe('live figures', () => {
  it('update changed items, keep the others and remove deleted ones', () => {
    const next = following(first, [message(8, [{ id: 'b', rate: 3 }], { removed: ['a'] })]);
    expect(next).toEqual({ seq: 8, as_of: 'at 8', items: new Map([['b', { id: 'b', rate: 3 }]]) });
    expect(rates(first)).toEqual({ a: 1, b: 2 });
  });

  it.each([6, 7])('ignore publication %i, which the query included', seq => {
    expect(following(first, [message(seq, [{ id: 'a', rate: 9 }])])).toBe(first);
  });

  it('continue with everything that came during the query', () => {
    const heard = [7, 8, 9].map(seq => message(seq, [{ id: 'a', rate: seq * 10 }]));
    const next = following(first, heard);
    expect(next).toMatchObject({ seq: 9, as_of: 'at 9' });
    expect(rates(next as FiguresState<Item>)).toEqual({ a: 90, b: 2 });
  });

  it('detect a missed publication', () => {
    expect(following(first, [message(9, [])])).toBe('GAP');
  });

  it('reach the next publication when all its parts are there, in any order', () => {
    const part = (part: number, items: Item[]) => message(8, items, { part, parts: 2 });
    const one = part(1, [{ id: 'b', rate: 5 }]);
    expect(following(first, [one])).toBe(first);
    // A repeated part is not the missing one.
    expect(following(first, [one, one])).toBe(first);
    expect(following(first, [one, message(9, [])])).toBe('GAP');
    const whole = following(first, [one, part(0, [{ id: 'a', rate: 4 }])]);
    expect(whole).toMatchObject({ seq: 8, as_of: 'at 8' });
    expect(rates(whole as FiguresState<Item>)).toEqual({ a: 4, b: 5 });
  });
});
