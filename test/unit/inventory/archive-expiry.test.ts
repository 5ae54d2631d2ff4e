import { expect, it } from 'vitest';
import { systemCaller } from '../../../core/access/caller.ts';
import { archiveExpiry, archiveItems } from '../../../core/inventory/archive/archive-head.ts';
import type { SiteItem } from '../../../core/inventory/model/site-items.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
const NOW = Date.UTC(2026, 0, 31, 12, 0, 0, 1);
const HOUR_S = 3600;

it.each([
  ['30 days by default', undefined, '2026-03-02T12:00:00.001Z'],
  ['as many days as are set', 1, '2026-02-01T12:00:00.001Z'],
])('keeps an archive two days longer than it can be restored: %s', (_, archive_days, until) => {
  const context = {
    ...storeContext({ client: undefined as never, tables: TABLES }, () => NOW),
    ...(archive_days !== undefined && { archive_days }),
  };
  const site = { id: 's', name: 'S', location: null } as SiteItem;
  const { head, items } = archiveItems(context, {
    ...{ site, endpoints: [], paths: 0, audit_id: 'a' },
    deleted_by: systemCaller('cleanup'),
  });
  expect(head.restorable_until).toBe(until);
  const expiry = archiveExpiry(context);
  // TTL is in whole seconds; a restore that begins in the last one has these two days to read all
  // of it.
  expect(expiry - Math.ceil(Date.parse(until) / 1000)).toBe(48 * HOUR_S);
  expect(items.map(({ expires_at }) => expires_at)).toEqual([expiry, expiry]);
});
