import { ApiError } from './errors.ts';
import { graphql, type ResultOf } from './graphql.ts';
import { useAnswer } from './use-answer.ts';

export const ME = graphql(`
  query Me {
    me {
      sub email groups operations currency
      preferences { theme time_zone units saved_views { name address } }
    }
  }
`);

/**
 * The groups of the person who is signed in, according to the API; undefined until they are known.
 */
export function useGroups(): string[] | undefined {
  return useAnswer(ME, {}).data?.data.me.groups;
}

/** Whether the API refuses all queries because the account is in no group. */
export function useIsShutOut(): boolean {
  const { error } = useAnswer(ME, {});
  return error instanceof ApiError && error.type === 'Unauthorized';
}

/** The fields of an audit entry that determine whether it can be undone, and by whom. */
export interface Undoable {
  undoable_until: string | null;
  undo_needs: string | null;
}

/** Whether the person's role may undo a change, and it can still be undone. */
export function useMayUndo(): (entry: Undoable) => boolean {
  const may = useMay();
  return ({ undoable_until, undo_needs }) =>
    undoable_until !== null && undo_needs !== null && may('undo') && may(undo_needs);
}

/**
 * Whether the person's role may call an operation, such as `deleteSite`. The console offers only
 * operations that are allowed; false until it is known. The API authorizes every call itself.
 */
export function useMay(): (operation: string) => boolean {
  const { data } = useAnswer(ME, {});
  const operations = data?.data.me.operations;
  return operation => operations?.includes(operation) === true;
}

/**
 * Whether the person is an administrator, who also sees the exports of others; false until it is
 * known.
 */
export function useIsAdmin(): boolean {
  return useGroups()?.includes('admin') === true;
}

/** The currency of all prices, ISO 4217; undefined until it is known. */
export function useCurrency(): string | undefined {
  return useAnswer(ME, {}).data?.data.me.currency;
}

export type Preferences = ResultOf<typeof ME>['me']['preferences'];

/** The person's console settings; undefined until they are known. */
export function usePreferences(): Preferences | undefined {
  return useAnswer(ME, {}).data?.data.me.preferences;
}
