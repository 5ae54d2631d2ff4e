import { describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { eventOf, isTampering } from '../../../core/events/broadcast-event.ts';
import type { StreamChange } from '../../../core/events/stream-change.ts';
import { BrokenItem } from '../../../core/storage/parse-item.ts';

const AT = Date.parse('2026-03-01T12:00:00Z');

function change(parts: Partial<StreamChange>): StreamChange {
  return {
    kind: 'INSERT',
    pk: 'AUDIT#2026-03',
    sk: '01A',
    before: undefined,
    after: undefined,
    at_ms: AT,
    ...parts,
  };
}

const entry = {
  id: '01A',
  at: '2026-03-01T11:59:59.000Z',
  actor: { ...systemCaller('cleanup'), email: 'a@example.com', source_ip: '192.0.2.1' },
  operation: 'deleteSite',
  target: 'site:s1',
  outcome: 'DONE',
  before: { site: { name: 'Berlin' } },
  event: { type: 'SITE_DELETED', site_id: 's1', site_seq: 7, data: { paths: 3 } },
};

const running = {
  kind: 'DELETE_SITE',
  state: 'RUNNING',
  operation_id: 'op1',
  site_id: 's1',
  seq: 5,
  done_paths: 100,
  audit_id: '01B',
  life: 1,
  actor: systemCaller('cleanup'),
  started_ms: 1,
  touched_ms: 1,
  endpoints: 2,
  handed_over: false,
};

describe('eventOf', () => {
  it.each(['CHANGE#2026-03', 'AUDIT#2026-03'])('describes a new entry in %s', pk => {
    expect(eventOf({ ...change({ after: entry }), pk })).toEqual({
      id: '01A',
      type: 'SITE_DELETED',
      timestamp: '2026-03-01T11:59:59.000Z',
      site_id: 's1',
      site_seq: 7,
      data: { paths: 3 },
      title: 'Site Berlin was deleted.',
      actor: systemCaller('cleanup'),
      target: 'site:s1',
      target_name: 'Berlin',
      audit_id: '01A',
    });
  });

  it('describes an event that is not a change without an actor and an audit entry', () => {
    const event = {
      type: 'EDGE_SILENT',
      site_id: 's1',
      site_seq: null,
      data: {},
      title: 'Edge e is silent.',
    };
    const after = { ...entry, operation: 'EDGE_SILENT', target: 'edge:e', before: null, event };
    expect(eventOf({ ...change({ after }), pk: 'EVENT#2026-03' })).toEqual({
      id: '01A',
      type: 'EDGE_SILENT',
      timestamp: '2026-03-01T11:59:59.000Z',
      site_id: 's1',
      site_seq: null,
      data: {},
      title: 'Edge e is silent.',
      actor: null,
      target: 'edge:e',
      target_name: 'e',
      audit_id: null,
    });
  });

  it('names an unreadable entry', () => {
    const broken = { pk: 'AUDIT#2026-03', sk: '01A', ...entry, at: 7 };
    expect(() => eventOf(change({ after: broken }))).toThrow(BrokenItem);
    expect(() => eventOf(change({ after: broken }))).toThrow("The item AUDIT#2026-03 01A can't be read");
  });

  it('ignores refused attempts of earlier releases, and entries that expire', () => {
    expect(eventOf(change({ after: { ...entry, outcome: 'REFUSED' } }))).toBeUndefined();
    expect(eventOf({ ...change({ kind: 'REMOVE', before: entry }), pk: 'EVENT#2026-03' })).toBeUndefined();
    expect(isTampering({ ...change({ kind: 'REMOVE', before: entry }), pk: 'EVENT#2026-03' })).toBe(false);
  });

  it('ignores changed entries, which are reported as tampering', () => {
    const changed = change({ kind: 'MODIFY', before: entry, after: entry });
    expect(eventOf(changed)).toBeUndefined();
    expect([isTampering(changed), isTampering(change({ after: entry }))]).toEqual([true, false]);
    for (const pk of ['CHANGE#2026-03', 'REFUSAL#2026-03', 'ENTRY#01A', 'AUDIT#2026-03']) {
      expect(isTampering({ ...change({ kind: 'REMOVE', before: entry }), pk })).toBe(true);
    }
    expect(isTampering({ ...change({ kind: 'REMOVE', before: entry }), pk: 'COMMAND#edge-1' })).toBe(false);
  });

  it.each([
    ['the start', undefined, running, 'SITE_DELETION_STARTED'],
    [
      'a start in place of an ended operation',
      { ...running, operation_id: 'op0' },
      running,
      'SITE_DELETION_STARTED',
    ],
    ['progress', { ...running, seq: 4 }, running, 'SITE_DELETION_PROGRESS'],
    [
      'progress of a restore',
      { ...running, kind: 'RESTORE_SITE', seq: 4 },
      { ...running, kind: 'RESTORE_SITE' },
      'SITE_RESTORE_PROGRESS',
    ],
    ['a write that raised no number', running, { ...running, handed_over: true }, undefined],
    ['the end only by its audit entry', { ...running, seq: 4 }, { ...running, state: 'ENDED' }, undefined],
  ])('announces %s', (_, before, after, type) => {
    const told = eventOf(
      change({ kind: before ? 'MODIFY' : 'INSERT', pk: 'DELETION', sk: 's1', before, after }),
    );
    expect(told && { id: told.id, type: told.type, seq: told.site_seq, data: told.data }).toEqual(
      type && { id: 'op1#5', type, seq: 5, data: { done_paths: 100, audit_id: '01B' } },
    );
  });
});
