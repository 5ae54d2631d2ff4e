import { describe, expect, it } from 'vitest';
import { answerOfSize, MAX_ANSWER_BYTES, rowsThatFit } from '../../../../functions/api/answer-size.ts';

/** A list of rows of these sizes, read in pages: the token is the index of the next row. */
function listOf(sizes: readonly number[]) {
  const asked: number[] = [];
  const run = async ({ limit, next_token }: Record<string, unknown>) => {
    asked.push(Number(limit));
    const from = Number(next_token ?? 0);
    const to = Math.min(sizes.length, from + Number(limit));
    const items = sizes.slice(from, to).map((size, index) => ({ id: from + index, text: 'x'.repeat(size) }));
    return { items, next_token: to < sizes.length ? String(to) : null };
  };
  return { run, asked };
}

describe('the size of an answer', () => {
  it('does not matter if the page fits, which is then read once', async () => {
    const { run, asked } = listOf([100, 100]);
    const page = await answerOfSize({ arguments: { limit: 25 }, paged: true, run });
    expect(page.items).toHaveLength(2);
    expect(asked).toEqual([25]);
  });

  it.each([
    ['rows of one size', Array.from({ length: 200 }, () => 30_000)],
    [
      'a few large rows among small ones',
      Array.from({ length: 100 }, (_, i) => (i % 9 === 0 ? 400_000 : 50)),
    ],
    ['large rows at the end', Array.from({ length: 60 }, (_, i) => (i > 50 ? 800_000 : 10))],
  ])('stays within the bound, without missing or repeated rows: %s', async (_, sizes) => {
    const { run } = listOf(sizes);
    const seen: number[] = [];
    let next_token: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof run>> = await answerOfSize({
        arguments: { limit: 100, next_token },
        paged: true,
        run,
      });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
      seen.push(...page.items.map(({ id }) => id));
      next_token = page.next_token;
    } while (next_token !== null);
    expect(seen).toEqual(sizes.map((_, index) => index));
  });

  it('is measured in bytes, not in characters', async () => {
    const run = async ({ limit }: Record<string, unknown>) => ({
      items: Array.from({ length: Number(limit) }, () => '€'.repeat(1000)),
    });
    const page = await answerOfSize({ arguments: { limit: 10 }, paged: true, run, max_bytes: 10_000 });
    expect(page.items).toHaveLength(2);
  });

  it.each([
    { paged: true, items: ['x'.repeat(1_200_000)] },
    { paged: false, items: Array.from({ length: 12 }, () => 'x'.repeat(100_000)) },
  ])('is an error if the answer cannot be made smaller', async ({ paged, items }) => {
    const answer = answerOfSize({ arguments: {}, paged, run: async () => ({ items }) });
    await expect(answer).rejects.toThrow(
      'The answer has 1.2 MB, and at most 0.9 MB can be sent: request less, such as a shorter range, a narrower filter or fewer fields.',
    );
  });
});

it('picks the rows that have room, also small ones after a large one', () => {
  const rows = ['a'.repeat(10), 'b'.repeat(40), 'c'.repeat(10)];
  expect(rowsThatFit(rows, 40)).toEqual([rows[0], rows[2]]);
  expect(rowsThatFit(rows, 100)).toEqual(rows);
});
