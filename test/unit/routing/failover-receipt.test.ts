import { describe, expect, it } from 'vitest';
import { newPathId } from '../../../core/inventory/model/path-id.ts';
import { MAX_POLICIES } from '../../../core/inventory/policies/policy-items.ts';
import { type FailoverReceipt, storedReceipt } from '../../../core/routing/failover/failover-receipt.ts';
import { itemBytes } from '../../support/item-bytes.ts';

/** DynamoDB's limit on an item, less room for the rest of the entry. */
const ROOM = 350 * 1024;

const [site, other] = ['550e8400-e29b-41d4-a716-446655440000', '6ba7b810-9dad-41d1-80b4-00c04fd430c8'];
const [old_path_id, new_path_id] = [newPathId(site), newPathId(site)];

function receipt(reasonOf: (policy: number) => string): FailoverReceipt {
  const ids = Array.from({ length: MAX_POLICIES }, (_, index) => String(index));
  return {
    path_id: old_path_id,
    source_site_id: site,
    destination_site_id: other,
    samples: [],
    moved: ids.map((policy_id, index) => ({
      ...{ policy_id, old_path_id, new_path_id },
      reason: reasonOf(index),
    })),
    without_path: ids,
    flows_moved: 0,
    bytes_moved: null,
    moved_since: null,
    bytes_carried: '0',
  };
}

const sentence = (points: string) =>
  `Path ${new_path_id} has the best weighted score, ${points} points: 1.234 points more than the runner-up ${old_path_id} (97.53 points); 2 paths are out of use.`;

describe('a receipt in the audit log', () => {
  it('groups policies that moved in the same way', () => {
    const stored = storedReceipt(receipt(() => sentence('98.76')));
    expect(stored.moved).toEqual([
      { policy_ids: expect.any(Array), old_path_id, new_path_id, reason: sentence('98.76') },
    ]);
    expect(stored.moved[0]!.policy_ids).toHaveLength(MAX_POLICIES);
    expect(itemBytes({ receipt: stored })).toBeLessThan(32 * 1024);
  });

  it('fits its item even if every policy has its own reason', () => {
    const stored = storedReceipt(receipt(index => sentence(`98.${index}`)));
    expect(itemBytes({ receipt: stored })).toBeLessThan(ROOM);
    expect(stored.moved.map(({ policy_ids }) => policy_ids)).toHaveLength(MAX_POLICIES);
    expect(stored.moved[0]!.reason).toBe(sentence('98.0'));
    expect(stored.moved.at(-1)!.reason).toBe('');
  });
});
