import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeReport } from '../../../core/report/decode-report.ts';
import { makeReport, reportJson, T0 } from '../../support/report-records.ts';

const report = makeReport({
  policies: [
    { policy_id: '7', packets: 123n, bytes: 9_007_199_254_740_993n, active_flows: 12 },
    { policy_id: '7', endpoint_id: 'wan2', packets: 2n ** 63n - 1n, bytes: 0n },
  ],
  flows: [
    {
      policy_id: '7',
      endpoint_id: 'wan1',
      src: '10.1.2.3',
      src_port: 51_234,
      dst: '2001:db8::9',
      dst_port: 443,
      protocol: 6,
      packets: 10n,
      bytes: 5120n,
      first: '2026-01-31T12:00:00.000Z',
      last: '2026-01-31T12:00:59Z',
    },
  ],
  paths: [
    {
      path_id: 'p-1',
      latency_ms: 12.5,
      jitter_ms: 0,
      packet_loss_pct: 100,
      bandwidth_mbps: 940,
      measured_at: '2026-01-31T12:00:00Z',
      tx_packets: 1000n,
      tx_bytes: 2n ** 60n,
      rx_packets: 990n,
      rx_bytes: 0n,
    },
  ],
});

describe('decodeReport', () => {
  it.each([
    ['plain', (json: string) => Buffer.from(json)],
    ['gzip', (json: string) => gzipSync(json)],
  ])('reads every field of a report, %s', (_, pack) => {
    expect(decodeReport(pack(reportJson(report)), 'edge-1')).toEqual({
      report,
      sent_at_ms: T0,
      unknown_fields: 0,
    });
  });

  it.each([
    [true, { estimated: true }],
    [false, {}],
  ])('reads whether a boot is estimated: %s', (estimated, expected) => {
    const json = JSON.stringify({ ...JSON.parse(reportJson(report)), estimated });
    const decoded = decodeReport(Buffer.from(json), 'edge-1');
    expect(decoded).toMatchObject({ unknown_fields: 0 });
    expect(decoded.report).toEqual({ ...report, ...expected });
    expect(reportJson(decoded.report).includes('"estimated":true')).toBe(estimated);
  });

  it('rejects an estimated flag that is neither true nor false', () => {
    const json = JSON.stringify({ ...JSON.parse(reportJson(report)), estimated: 'yes' });
    expect(() => decodeReport(Buffer.from(json), 'edge-1')).toThrow(
      'estimated is "yes"; expected true or false',
    );
  });

  it('accepts counts below 2^53 as numbers and as strings', () => {
    const [pair] = report.policies;
    const json = reportJson({ ...report, policies: [{ ...pair, packets: '123', bytes: 0 }] });
    expect(decodeReport(Buffer.from(json), 'edge-1').report.policies[0]).toMatchObject({
      packets: 123n,
      bytes: 0n,
    });
  });

  it('ignores and counts unknown fields at every level', () => {
    const more = { later: { nested: [1] }, new_field: 1 };
    const json = reportJson({
      ...report,
      ...more,
      policies: report.policies.map(pair => ({ ...pair, ...more })),
      flows: report.flows.map(flow => ({ ...flow, ...more })),
      paths: report.paths.map(path => ({ ...path, ...more })),
    });
    const decoded = decodeReport(Buffer.from(json), 'edge-1');
    expect(decoded).toMatchObject({ report, unknown_fields: 2 * (1 + 2 + 1 + 1) });
  });

  it('accepts a report without flows and paths', () => {
    const { flows: _, paths: __, ...without } = report;
    expect(decodeReport(Buffer.from(reportJson(without)), 'edge-1')).toMatchObject({
      report: { flows: [], paths: [] },
      unknown_fields: 0,
    });
  });

  it.each([1e-300, 5e-324, 9e-10, -0, 0])(
    'reads %d as 0: no measurement is so small, and no smaller one can be stored',
    small => {
      const paths = [
        {
          ...report.paths[0]!,
          latency_ms: small,
          jitter_ms: small,
          packet_loss_pct: small,
          bandwidth_mbps: small,
        },
      ];
      const json = reportJson({ ...report, interval_s: small, paths }).replaceAll(':0,', ':-0,');
      const decoded = decodeReport(Buffer.from(json.replace('"part":-0', '"part":0')), 'edge-1').report;
      expect(Object.is(decoded.interval_s, 0)).toBe(true);
      const { latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps } = decoded.paths[0]!;
      for (const value of [latency_ms, jitter_ms, packet_loss_pct, bandwidth_mbps])
        expect(Object.is(value, 0)).toBe(true);
    },
  );

  it('accepts the years 0001 to 9999, leap days included', () => {
    for (const time of [
      '0001-01-01T00:00:00Z',
      '2024-02-29T23:59:59.999999999+00:00',
      '9999-12-31T23:59:59-00:00',
    ]) {
      const json = reportJson({ ...report, sent_at: time });
      expect(decodeReport(Buffer.from(json), 'edge-1').report.sent_at).toBe(time);
    }
  });

  it('accepts summed flows, and ids in any script', () => {
    const flows = [{ ...report.flows[0]!, src: 'other', dst: 'other', policy_id: 'שלום 💥 \u200d' }];
    const json = reportJson({ ...report, flows });
    expect(decodeReport(Buffer.from(json), 'edge-1').report.flows).toEqual(flows);
  });

  it('is not affected by brackets in strings', () => {
    const site_id = '[[[[{{{{[[[["\\"[[[['.slice(0, 20);
    const json = reportJson({ ...report, site_id });
    expect(decodeReport(Buffer.from(json), 'edge-1').report.site_id).toBe(site_id);
  });
});
