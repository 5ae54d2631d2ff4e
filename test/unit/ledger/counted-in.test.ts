import { expect, it } from 'vitest';
import { generationOf } from '../../../core/ledger/lane/counted-in.ts';
import { newLane } from '../../../core/ledger/lane/lane.ts';

it('counts a moving lane in the new generation up to the last policy that has moved', () => {
  const counted_in = { generation: 0, moving: { to: 8, through: 'm' } };
  expect(['a', 'm', 'ma', 'z'].map(id => generationOf(counted_in, id))).toEqual([8, 8, 0, 0]);
  expect(generationOf({ generation: 5 }, 'a')).toBe(5);
  // Before the first policy has moved.
  expect(generationOf({ generation: 5, moving: { to: 8, through: '' } }, 'a')).toBe(5);
});

it('counts a new lane in the given generation, and omits the first generation', () => {
  const id = { edge_id: 'edge-1', part: 0 };
  expect(newLane({ ...id, counted_in: { generation: 5 } }).counted_in).toEqual({ generation: 5 });
  expect(newLane(id)).not.toHaveProperty('counted_in');
});
