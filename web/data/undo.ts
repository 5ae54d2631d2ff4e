import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { showToast } from '../parts/toasts.tsx';
import { useSession } from '../session/session-provider.tsx';
import { ask } from './ask.ts';
import { graphql } from './graphql.ts';

const UNDO = graphql(`
  mutation Undo($audit_id: ID!) {
    undo(audit_id: $audit_id) { success message audit_id finished }
  }
`);

const LAST_CHANGE = graphql(`
  query LastChange($actor: String!, $operation: String!, $target: String!) {
    auditLog(actor: $actor, action: $operation, target: $target, limit: 1) { items { id } }
  }
`);

/**
 * A change that the signed-in person has just made: its operation, such as `updateSite`, and its
 * target, such as `site:7`.
 */
export interface ChangeName {
  operation: string;
  target: string;
}

/**
 * Undoes a change by its audit entry, or the person's last change of that name, and returns the
 * API's message.
 */
export function useUndo(): (change: string | ChangeName) => void {
  const queries = useQueryClient();
  const { person } = useSession();
  return useCallback(
    change => {
      const undo = async () => {
        const audit_id = typeof change === 'string' ? change : await findChange(change, person.sub);
        return ask(UNDO, { audit_id });
      };
      undo().then(
        ({ data }) => {
          showToast({ kind: 'good', text: data.undo.message });
          void queries.invalidateQueries();
        },
        (cause: Error) => showToast({ kind: 'bad', text: cause.message }),
      );
    },
    [queries, person.sub],
  );
}

async function findChange(name: ChangeName, actor: string): Promise<string> {
  const { data } = await ask(LAST_CHANGE, { ...name, actor });
  const id = data.auditLog.items[0]?.id;
  if (id === undefined)
    throw new Error('The change is not in the audit log yet. Undo it later on the page Changes.');
  return id;
}
