import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { keepAnswer } from '../../../web/data/keep-answer.ts';

const KEY = ['Figures', 'POLICIES'];

function kept(before: (queries: QueryClient) => void) {
  const queries = new QueryClient();
  before(queries);
  keepAnswer(queries, KEY, 'brought');
  return { answer: queries.getQueryData(KEY), askedAgain: queries.getQueryState(KEY)!.isInvalidated };
}

describe('an answer that came with another operation', () => {
  it('is stored', () => {
    expect(kept(() => {})).toEqual({ answer: 'brought', askedAgain: false });
  });

  it('is requested again if something changed in the meantime', () => {
    const changed = (queries: QueryClient) => {
      // Like a component that waits for it.
      queries.getQueryCache().build(queries, { queryKey: KEY });
      void queries.invalidateQueries();
    };
    expect(kept(changed)).toEqual({ answer: 'brought', askedAgain: true });
  });
});
