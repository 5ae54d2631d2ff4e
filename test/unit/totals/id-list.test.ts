import { expect, it } from 'vitest';
import { IdList } from '../../../core/totals/id-list.ts';

it('gives each id the next index, once', () => {
  const list = new IdList();
  expect(['a', 'b', 'a', '', 'b'].map(id => list.add(id))).toEqual([0, 1, 0, 2, 1]);
  expect(list.ids).toEqual(['a', 'b', '']);
  expect(['a', 'b', '', 'c'].map(id => list.indexOf(id))).toEqual([0, 1, 2, undefined]);
});
