import { describe, expect, it } from 'vitest';
import { workInChunks } from '../../../core/inventory/removal/work-in-chunks.ts';

/** Pages, and how many of them were read. */
function countedPages(pages: number[][]) {
  const counted = { read: 0, pages: read() };
  async function* read() {
    for (const page of pages) {
      counted.read++;
      yield page;
    }
  }
  return counted;
}

const never = () => false;

describe('work in chunks', () => {
  it('returns the remaining work untouched, also if it is a whole chunk', async () => {
    const worked: number[][] = [];
    const { pages } = countedPages([[1, 2, 3], [], [4]]);
    const rest = await workInChunks(pages, { size: 2, concurrency: 1, stop: never }, async chunk => {
      worked.push(chunk);
    });
    expect({ worked, rest }).toEqual({ worked: [[1, 2]], rest: [3, 4] });
  });

  it('reads a page only when the next chunk needs it', async () => {
    const readAt: number[] = [];
    const counted = countedPages([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await workInChunks(counted.pages, { size: 2, concurrency: 1, stop: never }, async () => {
      readAt.push(counted.read);
    });
    expect(readAt).toEqual([1, 2]);
  });

  it('starts no chunk after it was stopped', async () => {
    const worked: number[][] = [];
    const { pages } = countedPages([[1, 2, 3, 4, 5, 6]]);
    const stop = () => worked.length > 0;
    const rest = await workInChunks(pages, { size: 2, concurrency: 1, stop }, async chunk => {
      worked.push(chunk);
    });
    expect({ worked, rest }).toEqual({ worked: [[1, 2]], rest: undefined });
  });

  it('starts no chunk after a failure, which it throws once all running calls have ended', async () => {
    const begun: number[][] = [];
    const slow = Promise.withResolvers<void>();
    let ended = false;
    const { pages } = countedPages([[1, 2, 3, 4, 5, 6, 7, 8]]);
    const work = workInChunks(pages, { size: 2, concurrency: 2, stop: never }, async chunk => {
      begun.push(chunk);
      if (begun.length === 2) {
        setImmediate(slow.resolve);
        throw new Error('the second chunk fails');
      }
      await slow.promise;
      ended = true;
    });
    await expect(work).rejects.toThrow('the second chunk fails');
    expect({ begun, ended }).toEqual({
      begun: [
        [1, 2],
        [3, 4],
      ],
      ended: true,
    });
  });
});
