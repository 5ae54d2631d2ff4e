import { graphql, type ResultOf } from './graphql.ts';
import { useAnswer } from './use-answer.ts';

export const ME = graphql(`
  query Me {
    me {
      sub email groups operations
      preferences { theme time_zone units saved_views { name address } }
    }
  }
`);

/**
 * Whether the person's role may call an operation, such as `deleteSite`. What it may not isn't offered; false until it is known. The API
 * judges every call by itself.
 */
export function useMay(): (operation: string) => boolean {
  const { data } = useAnswer(ME, {});
  const operations = data?.data.me.operations;
  return operation => operations?.includes(operation) === true;
}

/** Whether the person is an administrator, who sees what others have started; false until it is known. */
export function useIsAdmin(): boolean {
  return useAnswer(ME, {}).data?.data.me.groups.includes('admin') === true;
}

export type Preferences = ResultOf<typeof ME>['me']['preferences'];

/** What the person has set for the console; undefined until it is known. */
export function usePreferences(): Preferences | undefined {
  return useAnswer(ME, {}).data?.data.me.preferences;
}
