import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../../core/alarms/alarm.ts';
import type { Destination } from '../../../core/alarms/destinations/destination.ts';
import { type Mute, muteOf } from '../../../core/alarms/mutes/mute.ts';
import { type Notice, newNotice } from '../../../core/alarms/notices/notice.ts';
import { mailOf } from '../../../core/alarms/notices/payload.ts';
import {
  dueNotices,
  endOf,
  type NoticeFacts,
  planNotices,
} from '../../../core/alarms/notices/plan-notices.ts';
import { ATTEMPTS_MAX, nextAttempt } from '../../../core/alarms/notices/retry.ts';

const NOW = Date.parse('2026-03-15T12:00:00Z');
const SINCE = '2026-03-15T11:00:00.000Z';

const alarm = (given: Partial<Alarm> = {}): Alarm => ({
  ...{ id: 'EDGE_SILENT#edge-7', kind: 'EDGE_SILENT', since: SINCE, target: 'edge:edge-7', site_id: 's-1' },
  ...{ title: 'Edge edge-7 is silent.', acknowledged: null },
  ...given,
});

const destination: Destination = {
  ...{ id: '01D', name: 'Pager', type: 'WEBHOOK', url: 'https://hooks.example.com/', kinds: null },
  ...{ secret_set_at: SINCE, url_set_at: SINCE, created_at: SINCE, updated_at: SINCE },
};

const mute = (given: Partial<Mute> = {}): Mute => ({
  ...{ id: '01M', target: null, threshold_id: null, reason: 'Works' },
  ...{ until: '2026-03-15T13:00:00.000Z', created_at: SINCE, updated_at: SINCE },
  ...given,
});

const notice = (given: Partial<Notice> = {}): Notice => {
  const { id, kind, title, target, site_id } = alarm();
  const about = { id, kind, title, target, site_id };
  return { ...newNotice({ about: id, event: 'BEGAN', since: SINCE, alarm: about }, NOW), ...given };
};

const planned = (given: Partial<NoticeFacts>) => {
  const { put, remove, maybeEnded } = planNotices({
    ...{ destination, alarms: [], notices: [], mutes: [], now_ms: NOW },
    ...given,
  });
  const word = ({ about, event, since }: Notice) => `${event} ${about} ${since}`;
  return { put: put.map(each => word(each.notice)), remove: remove.map(word), ended: maybeEnded.map(word) };
};

const NOTHING = { put: [], remove: [], ended: [] };
const BEGAN = `BEGAN EDGE_SILENT#edge-7 ${SINCE}`;

describe('the notices of a destination', () => {
  it('report each alarm once', () => {
    expect(planned({ alarms: [alarm()] })).toEqual({ ...NOTHING, put: [BEGAN] });
    expect(planned({ alarms: [alarm()], notices: [notice()] })).toEqual(NOTHING);
  });

  it('report an alarm that has begun again', () => {
    const later = '2026-03-15T11:59:00.000Z';
    for (const event of ['BEGAN', 'ENDED'] as const) {
      const told = notice({ event, state: 'DELIVERED' });
      expect(planned({ alarms: [alarm({ since: later })], notices: [told] })).toEqual({
        ...NOTHING,
        put: [`BEGAN EDGE_SILENT#edge-7 ${later}`],
      });
    }
  });

  it('report an end only after a check that the alarm is over', () => {
    expect(planned({ notices: [notice({ state: 'DELIVERED' })] })).toEqual({ ...NOTHING, ended: [BEGAN] });
  });

  it('are removed once the end was delivered or given up', () => {
    for (const state of ['DELIVERED', 'GIVEN_UP'] as const) {
      const told = notice({ event: 'ENDED', state });
      expect(planned({ notices: [told] })).toEqual({ ...NOTHING, remove: [`ENDED ${told.about} ${SINCE}`] });
    }
    expect(planned({ notices: [notice({ event: 'ENDED' })] })).toEqual(NOTHING);
  });

  it('report neither the beginning nor the end of a muted alarm', () => {
    const mutes = [mute()];
    expect(planned({ alarms: [alarm()], mutes })).toEqual(NOTHING);
    expect(planned({ notices: [notice({ state: 'DELIVERED' })], mutes })).toEqual(NOTHING);
  });

  it('report only the kinds of the destination', () => {
    const other = { ...destination, kinds: ['THRESHOLD'] as const };
    expect(planned({ alarms: [alarm()], destination: other })).toEqual(NOTHING);
  });

  it('report no end of an alarm whose beginning was never sent', () => {
    const unsent = notice();
    expect(endOf(unsent, NOW)).toEqual({ put: [], remove: [unsent], maybeEnded: [] });
    const tried = notice({ attempts: 1 });
    expect(endOf(tried, NOW).put[0]!.notice).toMatchObject({ event: 'ENDED', attempts: 0, state: 'PENDING' });
  });
});

describe('due notices', () => {
  it('are the pending ones, the oldest first, without muted ones', () => {
    const late = notice({ delivery_id: 'B', created_ms: NOW - 1 });
    const early = notice({ delivery_id: 'A', created_ms: NOW - 2 });
    const waits = notice({ next_ms: NOW + 1 });
    const done = notice({ state: 'DELIVERED' });
    const due = (mutes: Mute[]) =>
      dueNotices({ notices: [late, waits, done, early], mutes, now_ms: NOW }).map(each => each.delivery_id);
    expect(due([])).toEqual(['A', 'B']);
    expect(due([mute()])).toEqual([]);
  });

  it('wait longer after each of nine attempts', () => {
    const waits = Array.from({ length: ATTEMPTS_MAX - 1 }, (_, index) => nextAttempt(index + 1, 0) / 60_000);
    expect(waits).toEqual([1, 2, 5, 10, 30, 60, 120, 240]);
  });
});

describe('a mute', () => {
  it.each([
    [{}, true],
    [{ target: 'edge:edge-7' }, true],
    [{ target: 'site:s-1' }, true],
    [{ target: 'site:s-2' }, false],
    [{ threshold_id: '01T' }, false],
    [{ until: '2026-03-15T12:00:00.000Z' }, false],
  ])('of %j mutes an alarm of an edge: %s', (given, holds) => {
    expect(muteOf(alarm(), [mute(given)], NOW) !== undefined).toBe(holds);
  });

  it('of a threshold mutes only the alarm of that threshold', () => {
    const crossed = alarm({ id: 'THRESHOLD#01T', kind: 'THRESHOLD' });
    expect(muteOf(crossed, [mute({ threshold_id: '01T' })], NOW)?.id).toBe('01M');
    expect(muteOf(alarm({ id: 'THRESHOLD#01U' }), [mute({ threshold_id: '01T' })], NOW)).toBeUndefined();
  });
});

describe('a mail', () => {
  it('gives the alarm in its subject, in a form that SNS accepts', () => {
    const title = `Größe: ${'x'.repeat(120)}`;
    const { subject, text } = mailOf(notice({ alarm: { ...notice().alarm!, title }, delivery_id: '01X' }));
    expect(subject).toBe(`Patronus, critical: Gr??e: ${'x'.repeat(100)}`.slice(0, 97).concat('...'));
    expect(text).toBe(`Began: ${title}\n\nSince ${SINCE}\nAbout edge:edge-7\nDelivery 01X`);
    expect(mailOf(notice({ event: 'ENDED' })).subject).toBe('Patronus, ended: Edge edge-7 is silent.');
  });
});
