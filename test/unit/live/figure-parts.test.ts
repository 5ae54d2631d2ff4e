import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesSince, type LiveFigure, textsOf } from '../../../core/live/figure.ts';
import { inParts } from '../../../core/live/figure-parts.ts';
import { policyFigures as policies } from '../../support/policy-figures.ts';

const figure = (id: string, packets = 1): LiveFigure => ({ id, packets_exact: String(packets) });

/** As GraphQL writes it: with the fields that its scope doesn't have. */
const asSent = (item: LiveFigure) => ({
  ...{ name: null, packets_exact: null, bytes_exact: null, active_flows: null, rate: null, status: null },
  ...{ score: null, latency_ms: null, jitter_ms: null, packet_loss_pct: null, measured_at: null },
  ...{ complete_share: null, ...item },
});

describe('the changes between two readings', () => {
  it('contain everything if there is no earlier reading', () => {
    const items = [figure('1'), figure('2')];
    expect(changesSince(undefined, items)).toEqual({ items, removed: [] });
  });

  it('turn the earlier items into the later ones', () => {
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
  it('contain all items and ids in order, within the limit unless a single item is larger', () => {
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
            Buffer.byteLength(items.map(item => JSON.stringify(asSent(item))).join()) +
            Buffer.byteLength(removed.join('","'));
          if (items.length + removed.length > 1) expect(bytes).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it.each([1000, 20_000])('of %i policies stay under 200 KB at subscribers', count => {
    const items = policies(count);
    const parts = inParts({ items, removed: [] });
    expect(parts.flatMap(part => part.items)).toEqual(items);
    for (const part of parts) {
      const sent = { ...part, items: part.items.map(asSent) };
      expect(Buffer.byteLength(JSON.stringify({ data: { figures: sent } }))).toBeLessThan(200_000);
    }
  });

  it('are one empty part if nothing changed', () => {
    expect(inParts({ items: [], removed: [] })).toEqual([{ items: [], removed: [] }]);
  });
});
