import { describe, expect, it } from 'vitest';
import { HeardEdges } from '../../../core/inventory/edges/completeness.ts';
import { isSilent } from '../../../core/ledger/lane/silence.ts';
import { servedEdges } from '../../support/served-edges.ts';

const NOW = Date.UTC(2026, 0, 31);

describe('an edge', () => {
  it.each([
    { interval_s: 60, silent_after_s: undefined, from_s: 300 },
    { interval_s: 0, silent_after_s: undefined, from_s: 300 },
    { interval_s: 100, silent_after_s: undefined, from_s: 300 },
    { interval_s: 300, silent_after_s: undefined, from_s: 900 },
    { interval_s: 300, silent_after_s: 1000, from_s: 1000 },
    { interval_s: 3_600, silent_after_s: 60, from_s: 10_800 },
    { interval_s: 31_536_000, silent_after_s: 60, from_s: 10_800 },
  ])('that reports every $interval_s s is silent after $from_s s with the setting $silent_after_s', given => {
    const { interval_s, silent_after_s, from_s } = given;
    const at = (age_ms: number) =>
      isSilent({ last_heard_at_ms: NOW - age_ms, interval_s }, NOW, { silent_after_s });
    expect([0, from_s * 1000 - 1, from_s * 1000, Number.POSITIVE_INFINITY].map(at)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('completeness', () => {
  it('counts each expected edge once, if none of its parts is silent', () => {
    const heard = new HeardEdges(servedEdges(['a', 'b', 'c']), NOW);
    const lane = { part: 0, parts: 1, sent_at_ms: NOW, interval_s: 60 };
    heard.add({ ...lane, edge_id: 'a', parts: 2, last_heard_at_ms: NOW });
    heard.add({ ...lane, edge_id: 'a', parts: 2, part: 1, last_heard_at_ms: NOW - 1 });
    heard.add({ ...lane, edge_id: 'b', last_heard_at_ms: NOW - 300_000 });
    heard.add({ ...lane, edge_id: 'not expected', last_heard_at_ms: NOW });
    expect(heard.completenessAt(NOW)).toEqual({ edges_expected: 3, edges_heard: 1 });
  });

  it('follows the setting and the interval of each lane', () => {
    const heardOf = (silent_after_s?: number) => {
      const heard = new HeardEdges(servedEdges(['a', 'b']), NOW, { silent_after_s });
      const lane = { part: 0, parts: 1, sent_at_ms: NOW };
      heard.add({ ...lane, edge_id: 'a', last_heard_at_ms: NOW - 600_000, interval_s: 60 });
      heard.add({ ...lane, edge_id: 'b', last_heard_at_ms: NOW - 600_000, interval_s: 300 });
      return heard.completenessAt(NOW).edges_heard;
    };
    expect([heardOf(), heardOf(601), heardOf(60)]).toEqual([1, 2, 1]);
  });
});
