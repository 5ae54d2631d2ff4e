import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../core/ledger/lane/lane.ts';
import { edgeProblems, type PoliciesNow } from '../../../core/watch/edge-problems.ts';
import { someLane } from '../../support/stored-lane.ts';

const NOW = Date.parse('2026-03-15T12:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();

interface Case {
  /** Seconds before now. */
  registered?: number;
  heard?: number;
  interval_s?: number;
  lane?: Partial<Lane>;
  policies?: PoliciesNow;
}

function problemsOf({ registered = 7200, heard, interval_s = 60, lane, policies }: Case) {
  const from = NOW - registered * 1000;
  const edge = {
    id: 'edge-7',
    site_id: 'site-1',
    interval_s,
    service: [{ from, to: Number.POSITIVE_INFINITY }],
  };
  const lanes =
    heard === undefined
      ? []
      : [someLane({ edge_id: 'edge-7', last_heard_at_ms: NOW - heard * 1000, interval_s, ...lane })];
  const version = policies ?? { version: 0, changed_at_ms: undefined };
  return edgeProblems({ edges: [edge], lanes, policies: version, now_ms: NOW });
}

const kinds = (given: Case) => problemsOf(given).map(({ kind }) => kind);

describe('an edge', () => {
  it('is silent if nothing has arrived from it for five minutes', () => {
    expect(problemsOf({ heard: 299 })).toEqual([]);
    expect(problemsOf({ heard: 300 })).toEqual([
      {
        id: 'EDGE_SILENT#edge-7',
        kind: 'EDGE_SILENT',
        since: iso(NOW - 300_000 + 1),
        title: 'Edge edge-7 is silent.',
        target: 'edge:edge-7',
        site_id: 'site-1',
      },
    ]);
  });

  it('is silent after three of its own intervals if they are longer', () => {
    expect(kinds({ heard: 1799, interval_s: 600 })).toEqual([]);
    expect(kinds({ heard: 1800, interval_s: 600 })).toEqual(['EDGE_SILENT']);
  });

  it('that never reported is silent five minutes after its registration', () => {
    expect(kinds({ registered: 299 })).toEqual([]);
    expect(problemsOf({ registered: 300 })).toMatchObject([
      { kind: 'EDGE_SILENT', since: iso(NOW - 300_000) },
    ]);
  });

  it('that was registered again gets time to report', () => {
    expect(kinds({ registered: 10, heard: 5000 })).toEqual([]);
  });

  it('is behind if it reports old policies five minutes after their change', () => {
    const changed = (s: number) => ({ version: 8, changed_at_ms: NOW - s * 1000 });
    const lane = { policies_version: '7' };
    expect(kinds({ heard: 0, lane, policies: changed(299) })).toEqual([]);
    expect(kinds({ heard: 30, lane, policies: changed(329) })).toEqual([]);
    expect(problemsOf({ heard: 30, lane, policies: changed(330) })).toMatchObject([
      { kind: 'POLICIES_BEHIND', since: iso(NOW - 330_000) },
    ]);
    expect(kinds({ heard: 30, lane: { policies_version: '8' }, policies: changed(330) })).toEqual([]);
    expect(kinds({ heard: 30, lane, policies: { version: 8, changed_at_ms: undefined } })).toEqual([
      'POLICIES_BEHIND',
    ]);
  });

  it('has a wrong clock if its offset exceeds a minute', () => {
    expect(kinds({ heard: 10, lane: { clock: [60_000, 59_000, 60_000] } })).toEqual([]);
    expect(kinds({ heard: 10, lane: { clock: [60_001, 60_001, 60_001] } })).toEqual(['CLOCK_SKEW']);
    expect(kinds({ heard: 10, lane: { clock: [-61_000, -62_000, -61_000] } })).toEqual(['CLOCK_SKEW']);
  });

  it('that is silent has no other problem', () => {
    expect(
      kinds({ heard: 400, lane: { clock: [90_000] }, policies: { version: 9, changed_at_ms: 0 } }),
    ).toEqual(['EDGE_SILENT']);
  });
});
