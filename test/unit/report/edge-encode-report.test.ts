import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { encodeReport, reportJson } from '../../../core/report/encode-report.ts';
import type { Report } from '../../../core/report/report.ts';
import { fitsParts, partOfPair, partsNeeded, splitReport } from '../../../core/report/report-parts.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { isOtherFlows, limitFlows } from '../../../core/totals/other-flows.ts';
import type { PolicyTotals } from '../../../core/totals/policy-totals.ts';
import { makeReport } from '../../support/report-records.ts';

function pairs(policies: number, endpoints = 1): PolicyTotals[] {
  return Array.from({ length: policies * endpoints }, (_, i) => ({
    policy_id: `${i % policies}`,
    endpoint_id: `wan${Math.floor(i / policies)}`,
    packets: BigInt(i),
    bytes: 2n ** 63n - 1n,
    active_flows: i,
  }));
}

function flow(n: number, more: Partial<FlowRecord> = {}): FlowRecord {
  return {
    policy_id: '1',
    endpoint_id: 'wan1',
    src: `10.0.${n >> 8}.${n & 255}`,
    src_port: 1000,
    dst: '192.0.2.1',
    dst_port: 443,
    protocol: 6,
    packets: 1n,
    bytes: BigInt(n),
    first: '2026-01-31T12:00:00.000Z',
    last: '2026-01-31T12:00:01.000Z',
    ...more,
  };
}

function decodeAll(report: Report): Report[] {
  return encodeReport(report).map(({ data }) => decodeReport(data, report.edge_id).report);
}

describe('encoding a report', () => {
  it('writes integers past 2^53 − 1 as text and others as numbers', () => {
    const policies = [
      { policy_id: '7', endpoint_id: 'wan1', packets: 2n ** 53n - 1n, bytes: 2n ** 53n, active_flows: 12 },
    ];
    expect(JSON.parse(reportJson(makeReport({ policies }))).policies).toEqual([
      {
        policy_id: '7',
        endpoint_id: 'wan1',
        packets: 9007199254740991,
        bytes: '9007199254740992',
        active_flows: 12,
      },
    ]);
  });

  it('is decoded unchanged by ingest', () => {
    const path = {
      path_id: 'p-1',
      latency_ms: 12.5,
      jitter_ms: 0.8,
      packet_loss_pct: 0.1,
      bandwidth_mbps: 940,
      measured_at: '2026-01-31T12:00:00.000Z',
      tx_packets: 2n ** 60n,
      tx_bytes: 2n ** 62n,
      rx_packets: 1n,
      rx_bytes: 2n,
    };
    const report = {
      ...makeReport({ policies: pairs(80, 3) }),
      flows: limitFlows([flow(1), flow(2)], 1),
      paths: [path],
    };
    expect(decodeAll(report)).toEqual([report]);
  });

  it('splits a large report so that every pair is in one part and ingest accepts every part', () => {
    const policies = pairs(500, 3);
    const parts = partsNeeded({ pairs: policies });
    const flows = policies.map((pair, n) =>
      flow(n, { policy_id: pair.policy_id, endpoint_id: pair.endpoint_id }),
    );
    const decoded = decodeAll({ ...makeReport({ policies, parts }), flows });
    expect(decoded.map(({ part }) => part)).toEqual(Array.from({ length: parts }, (_, part) => part));
    expect(decoded.flatMap(report => report.policies)).toHaveLength(1500);
    for (const report of decoded) {
      expect(new Set(report.policies.map(({ policy_id }) => policy_id)).size).toBeLessThanOrEqual(80);
      for (const pair of [...report.policies, ...report.flows])
        expect(partOfPair(pair, parts)).toBe(report.part);
    }
  });

  it('needs one part for 80 policies and more for 81', () => {
    expect(partsNeeded({ pairs: pairs(80) })).toBe(1);
    expect(partsNeeded({ pairs: pairs(81) })).toBeGreaterThan(1);
    expect(fitsParts({ pairs: pairs(81) }, 1)).toBe(false);
  });

  it('needs more parts for few policies on so many endpoints that they exceed 256 KiB', () => {
    const many = pairs(60, 60);
    const parts = partsNeeded({ pairs: many });
    expect(parts).toBeGreaterThan(1);
    expect(decodeAll(makeReport({ policies: many, parts })).flatMap(({ policies }) => policies)).toHaveLength(
      3600,
    );
  });

  it('sums up flows that would make a part too large, and keeps the largest', () => {
    const flows = Array.from({ length: 4000 }, (_, n) => flow(n));
    const report = { ...makeReport({ policies: pairs(2) }), flows };
    const { data } = encodeReport(report)[0]!;
    expect(gunzipSync(data).length).toBeLessThanOrEqual(256 * 1024);
    const kept = decodeReport(data, 'edge-1').report.flows;
    expect(kept[0]!.bytes).toBe(3999n);
    expect(kept.filter(isOtherFlows)).toHaveLength(1);
    expect(sum(kept)).toEqual(sum(flows));
  });

  it('splits into all parts, also empty ones, so that the seq of each part grows', () => {
    expect(
      splitReport(makeReport({ parts: 3 })).map(({ part, policies }) => [part, policies.length]),
    ).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
  });
});

describe('limiting flows', () => {
  it('keeps the sums of every pair, and the largest flows by name up to the limit', () => {
    const anyFlow = fc
      .record({
        n: fc.nat(20),
        bytes: fc.bigInt(0n, 2n ** 60n),
        policy_id: fc.constantFrom('1', '2', 'default'),
      })
      .map(({ n, bytes, policy_id }) => flow(n, { bytes, policy_id }));
    fc.assert(
      fc.property(fc.array(anyFlow), fc.nat(15), fc.nat(15), (flows, first, second) => {
        const once = limitFlows(flows, first);
        const twice = limitFlows([...once, ...flows], second);
        const named = once.filter(one => !isOtherFlows(one));
        expect(named.length).toBeLessThanOrEqual(first);
        expect(sum(once)).toEqual(sum(flows));
        expect(sum(twice)).toEqual(sum([...flows, ...flows]));
      }),
    );
  });

  it('sums up the other flows as "other", with the earliest and latest of their times', () => {
    const early = flow(1, { first: '2026-01-31T11:00:00.000Z' });
    const late = flow(2, { last: '2026-01-31T13:00:00.000Z' });
    expect(limitFlows([early, late, flow(3)], 1)).toEqual([
      flow(3),
      {
        policy_id: '1',
        endpoint_id: 'wan1',
        src: 'other',
        src_port: 0,
        dst: 'other',
        dst_port: 0,
        protocol: 0,
        packets: 2n,
        bytes: 3n,
        first: '2026-01-31T11:00:00.000Z',
        last: '2026-01-31T13:00:00.000Z',
      },
    ]);
  });
});

function sum(flows: FlowRecord[]): Record<string, [bigint, bigint]> {
  const sums: Record<string, [bigint, bigint]> = {};
  for (const { policy_id, endpoint_id, packets, bytes } of flows) {
    const before = sums[`${policy_id} ${endpoint_id}`] ?? [0n, 0n];
    sums[`${policy_id} ${endpoint_id}`] = [before[0] + packets, before[1] + bytes];
  }
  return sums;
}
