import { describe, expect, it } from 'vitest';
import { exportItem, parseExport, UnreadableExport } from '../../../core/export/export-item.ts';
import { exportRequest } from '../../../core/export/export-request.ts';
import { exportTable } from '../../../core/export/export-tables.ts';

/** As it is stored. */
const item = {
  pk: 'EXPORT',
  sk: '01KG9ZVMR00000000000000000',
  export_id: '01KG9ZVMR00000000000000000',
  request: {
    kind: 'HISTORY',
    format: 'csv',
    from: '2026-01-31T12:00:00.000Z',
    to: '2026-01-31T13:00:00.000Z',
    policy_id: '7',
    resolution: 'MINUTE',
  },
  owner: {
    kind: 'PERSON',
    sub: 'sub-1',
    username: 'ann',
    email: null,
    groups: ['viewer'],
    source_ip: null,
    request_id: null,
  },
  status: 'RUNNING',
  file_name: 'patronus-history-20260131T120000Z-20260131T130000Z.csv',
  named_columns: true,
  object_key: 'exports/01KG9ZVMR00000000000000000/patronus-history-20260131T120000Z-20260131T130000Z.csv',
  started_ms: 1769860800000,
  expires_at: 1770465600,
  share: 0.5,
  rows: 30,
  bytes: 4000,
  run_id: 'run-1',
  lease_until_ms: 0,
  tries: 1,
  upload_id: 'upload-1',
  checkpoint: {
    position: '2026-01-31T12:30:00.000Z',
    rows: 30,
    bytes: 4000,
    parts: ['etag-1'],
    tail_key: null,
    finished: false,
  },
};

const requests = {
  STATS: { group_by: ['SITE', 'POLICY'], order_by: 'PACKETS' },
  FLOWS: { site_id: 's', address: '10.0.0.0/8', port: 443, protocol: 6, application: 'Web' },
  AUDIT: { actor: 'ann', action: 'deletePolicy', target: 'policy:7' },
};

describe('a stored export', () => {
  it('is read with instants in milliseconds', () => {
    const { from, to } = parseExport(item).request;
    expect([from, to]).toEqual([Date.UTC(2026, 0, 31, 12), Date.UTC(2026, 0, 31, 13)]);
  });

  it('of an earlier release continues without columns of names', () => {
    const { named_columns, ...earlier } = item;
    const job = parseExport(earlier);
    const request = exportRequest('FLOWS', { format: 'csv', from: 0, to: 1 });
    const columns = (job: object) =>
      exportTable(request, job)
        .columns(request)
        .map(({ name }) => name);
    const before = columns(job);
    expect(before.filter(name => name.endsWith('_name'))).toEqual([]);
    expect(columns(parseExport(item))).toEqual([...before, 'policy_name', 'site_name']);
  });

  it('is written unchanged after reading', () => {
    expect(exportItem(parseExport(item))).toEqual(item);
  });

  it.each(Object.entries(requests))('of %s is written unchanged after reading', (kind, fields) => {
    const { format, from, to } = item.request;
    const stored = { ...item, request: { kind, format, from, to, ...fields } };
    expect(exportItem(parseExport(stored))).toEqual(stored);
  });

  it('may have unknown attributes', () => {
    expect(parseExport({ ...item, later: 1 })).toEqual(parseExport(item));
  });

  it.each([
    ['without a resolution', { ...item, request: { ...item.request, resolution: undefined } }],
    ['with a broken instant', { ...item, request: { ...item.request, from: 'yesterday' } }],
    ['without a checkpoint', { ...item, checkpoint: undefined }],
    ['by mixed groups', { ...item, request: { ...item.request, group_by: ['SITE', 'PROTOCOL'] } }],
  ])('%s is unreadable', (_, broken) => {
    expect(() => parseExport(broken)).toThrow(
      new UnreadableExport(item.export_id, { cause: expect.anything() }),
    );
  });
});
