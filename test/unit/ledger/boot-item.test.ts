import { expect, it } from 'vitest';
import { newBoot } from '../../../core/ledger/lane/boot.ts';
import { bootItem, bootOfItem, recentBootItem } from '../../../core/ledger/packing/boot-item.ts';
import { T0 } from '../../support/report-records.ts';

const LANE = { edge_id: 'edge-1', part: 2 };
const boot = { ...newBoot({ boot_id: 'b', parts: 3 }), seq: 7, last_heard_at_ms: T0 };

it('never gives the item of a boot an expiry', () => {
  const item = bootItem(LANE, boot);
  expect(item).not.toHaveProperty('expires_at');
  expect(bootOfItem('b', item)).toEqual(boot);
});

it('calls a boot recent until 48 hours after its last report, if that time is known', () => {
  const { last_heard_at_ms, ...unknown } = boot;
  expect(recentBootItem(LANE, boot)).toMatchObject({
    ...LANE,
    boot_id: 'b',
    expires_at: T0 / 1000 + 48 * 3600,
  });
  expect(recentBootItem(LANE, unknown)).toBeUndefined();
});
