import { describe, expect, it } from 'vitest';
import { HeardEdges } from '../../../core/inventory/edges/completeness.ts';
import { isSilent } from '../../../core/ledger/lane/silence.ts';

const NOW = Date.UTC(2026, 0, 31);

describe('an edge', () => {
  it.each([
    [0, false],
    [299_999, false],
    [300_000, true],
    [Number.POSITIVE_INFINITY, true],
  ])('%d ms after its last report: silent is %s', (age_ms, silent) => {
    expect(isSilent({ last_heard_at_ms: NOW - age_ms }, NOW)).toBe(silent);
  });
});

describe('completeness', () => {
  it('counts expected edges once, by any lane that is not silent, and no others', () => {
    const heard = new HeardEdges(new Set(['a', 'b', 'c']), NOW);
    heard.add({ edge_id: 'a', last_heard_at_ms: NOW });
    heard.add({ edge_id: 'a', last_heard_at_ms: NOW - 1 });
    heard.add({ edge_id: 'b', last_heard_at_ms: NOW - 300_000 });
    heard.add({ edge_id: 'not expected', last_heard_at_ms: NOW });
    expect(heard.completeness).toEqual({ edges_expected: 3, edges_heard: 1 });
  });
});
