import { describe, expect, it } from 'vitest';
import { HeardEdges } from '../../../core/inventory/edges/completeness.ts';
import { isSilent } from '../../../core/ledger/lane/silence.ts';
import { servedEdges } from '../../support/served-edges.ts';

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
  it('counts expected edges once, by lanes of all parts that are not silent, and no others', () => {
    const heard = new HeardEdges(servedEdges(['a', 'b', 'c']), NOW);
    const lane = { part: 0, parts: 1, sent_at_ms: NOW };
    heard.add({ ...lane, edge_id: 'a', parts: 2, last_heard_at_ms: NOW });
    heard.add({ ...lane, edge_id: 'a', parts: 2, part: 1, last_heard_at_ms: NOW - 1 });
    heard.add({ ...lane, edge_id: 'b', last_heard_at_ms: NOW - 300_000 });
    heard.add({ ...lane, edge_id: 'not expected', last_heard_at_ms: NOW });
    expect(heard.completenessAt(NOW)).toEqual({ edges_expected: 3, edges_heard: 1 });
  });
});
