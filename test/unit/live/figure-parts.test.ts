import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesSince, type LiveFigure, textsOf } from '../../../core/live/figure.ts';
import { inParts, PART_BYTES } from '../../../core/live/figure-parts.ts';

const figure = (id: string, packets = 1): LiveFigure => ({ id, packets_exact: String(packets) });

describe('the changes between two readings', () => {
  it('are everything without an earlier one', () => {
    const items = [figure('1'), figure('2')];
    expect(changesSince(undefined, items)).toEqual({ items, removed: [] });
  });

  it('bring the earlier items to the later ones', () => {
    const list = fc.uniqueArray(
      fc.record({ id: fc.integer({ max: 9, min: 0 }), packets: fc.nat({ max: 2 }) }),
      {
        selector: ({ id }) => id,
      },
    );
    fc.assert(
      fc.property(list, list, (one, two) => {
        const [before, after] = [one, two].map(each =>
          each.map(({ id, packets }) => figure(`${id}`, packets)),
        );
        const { items, removed } = changesSince(textsOf(before!), after!);
        const shown = new Map(before!.map(item => [item.id, item]));
        for (const id of removed) shown.delete(id);
        for (const item of items) {
          expect(shown.get(item.id)).not.toEqual(item);
          shown.set(item.id, item);
        }
        expect(shown).toEqual(new Map(after!.map(item => [item.id, item])));
      }),
    );
  });
});

describe('parts', () => {
  it('hold all items and ids in their order, none beyond the limit unless it is alone', () => {
    const changes = fc.record({
      items: fc.array(fc.string().map(text => figure(text))),
      removed: fc.array(fc.string({ maxLength: 200, unit: 'grapheme' })),
    });
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 2000 }), (given, most) => {
        const parts = inParts(given, most);
        expect(parts.flatMap(({ items }) => items)).toEqual(given.items);
        expect(parts.flatMap(({ removed }) => removed)).toEqual(given.removed);
        for (const { items, removed } of parts) {
          const bytes =
            Buffer.byteLength(items.map(item => JSON.stringify(item)).join()) +
            Buffer.byteLength(removed.join('","'));
          if (items.length + removed.length > 1) expect(bytes).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('of a thousand policies stay under 200 KB as they are published', () => {
    const rate = { bits_per_second: 123_456_789, packets_per_second: 12_345.678, from: null, to: null };
    const items = Array.from({ length: 1000 }, (_, index) => ({
      ...figure(`p-01kg9ys7g1m6hc0s699g8et${String(index).padStart(3, '0')}`, 2 ** 50),
      ...{ bytes_exact: '9007199254740993', active_flows: 1000, rate },
    }));
    const parts = inParts({ items, removed: [] });
    expect(parts.length).toBeLessThanOrEqual(2);
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(200_000);
    expect(PART_BYTES).toBeLessThan(200_000);
  });

  it('are one empty part where nothing changed', () => {
    expect(inParts({ items: [], removed: [] })).toEqual([{ items: [], removed: [] }]);
  });
});
