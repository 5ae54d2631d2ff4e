import { describe, expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { type AuditEntry, changeEntry } from '../../../core/audit/audit-entry.ts';
import { CHANGE_EVENTS } from '../../../core/events/change-events.ts';
import { eventOfEntry, sitesOf } from '../../../core/events/event-of-entry.ts';

const anna = {
  ...systemCaller('sub-1'),
  kind: 'PERSON',
  username: 'anna',
  email: 'anna@example.com',
} as const;

function entry(change: Partial<AuditEntry>): AuditEntry {
  const begun = { audit_id: '01A', started_ms: 0 };
  const made = changeEntry(begun, { actor: anna, operation: 'updatePolicy', target: 'policy:7' });
  return { ...made, at: '2026-03-01T12:00:00.000Z', ...change };
}

const BERLIN = '550e8400-e29b-41d4-a716-446655440000';

describe('the event of a change', () => {
  it.each(Object.entries(CHANGE_EVENTS))('%s has a type and a sentence', (operation, { type }) => {
    const event = eventOfEntry(entry({ operation }));
    expect(event.type).toBe(type);
    expect(event.title).toMatch(/^[A-Z].*[a-z]\.$/);
    expect(event.audit_id).toBe('01A');
  });

  it.each([
    [{ before: { name: 'Voice' }, after: { name: 'Video' } }, 'Policy Video was changed.', 'Video'],
    [{}, 'Policy 7 was changed.', '7'],
    [
      { operation: 'togglePolicy', after: { name: 'Voice', enabled: false } },
      'Policy Voice was switched off.',
      'Voice',
    ],
    [
      { operation: 'undo', did: 'updatePolicy', after: { name: 'Voice' } },
      'Policy Voice was changed (undo).',
      'Voice',
    ],
    [
      { operation: 'deleteSite', target: `site:${BERLIN}`, before: { site: { name: 'Berlin' } } },
      'Site Berlin was deleted.',
      'Berlin',
    ],
    [{ operation: 'addEndpoint', target: `endpoint:${BERLIN}/wan1` }, 'Endpoint wan1 was added.', 'wan1'],
    [{ operation: 'retireEdge', target: 'edge:a:b' }, 'Edge a:b was retired.', 'a:b'],
    [{ operation: 'clearCache', target: null }, 'The caches were cleared.', null],
    [{ operation: 'ofALaterRelease', target: 'thing:1' }, 'The system was changed.', '1'],
  ])('says %j', (change, title, target_name) => {
    expect(eventOfEntry(entry(change))).toMatchObject({ title, target_name });
  });

  it('names the actor without an e-mail address', () => {
    expect(eventOfEntry(entry({})).actor).toEqual({ ...anna, email: null, source_ip: null });
  });

  it('names both sites of a path', () => {
    const path = { source_site_id: 'a', destination_site_id: 'b' };
    expect(sitesOf(entry({ operation: 'createPath', target: 'path:p', after: path }))).toEqual(['a', 'b']);
    expect(sitesOf(entry({ target: `endpoint:${BERLIN}/wan1` }))).toEqual([BERLIN]);
    expect(sitesOf(entry({}))).toEqual([]);
  });

  it('omits an erased e-mail address', () => {
    const erased = entry({ operation: 'eraseFlows', target: 'address', after: { address: '192.0.2.7' } });
    expect(JSON.stringify(eventOfEntry(erased))).not.toContain('192.0.2.7');
  });
});
