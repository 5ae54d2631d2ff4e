import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../core/storage/at-once.ts';

describe('work on several items at once', () => {
  it('does each item once, up to the limit at the same time', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await atOnce(3, [1, 2, 3, 4, 5, 6, 7], async item => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      done.push(item);
    });
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('begins the next item when one is done, not when all are', async () => {
    const begun: number[] = [];
    const first = Promise.withResolvers<void>();
    const all = atOnce(2, [1, 2, 3], async item => {
      begun.push(item);
      if (item === 1) await first.promise;
      if (item === 3) first.resolve();
    });
    await all;
    expect(begun).toEqual([1, 2, 3]);
  });

  it('fails with the first error, and begins nothing after it in that place', async () => {
    const begun: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      throw new Error(`item ${item}`);
    };
    await expect(atOnce(2, [1, 2, 3, 4], work)).rejects.toThrow('item 1');
    expect(begun).toEqual([1, 2]);
  });

  it('takes items that are made on the way', async () => {
    function* numbers() {
      for (let number = 0; number < 5; number++) yield number;
    }
    let sum = 0;
    await atOnce(2, numbers(), async number => {
      sum += number;
    });
    expect(sum).toBe(10);
  });
});
