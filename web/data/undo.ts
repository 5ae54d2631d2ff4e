import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { showToast } from '../parts/toasts.tsx';
import { ask } from './ask.ts';
import { graphql } from './graphql.ts';

const UNDO = graphql(`
  mutation Undo($audit_id: ID!) {
    undo(audit_id: $audit_id) { success message audit_id finished }
  }
`);

/** Undoes a change by its entry in the audit log, and says what came of it. */
export function useUndo(): (audit_id: string) => void {
  const queries = useQueryClient();
  return useCallback(
    audit_id => {
      ask(UNDO, { audit_id }).then(
        ({ data }) => {
          showToast({ kind: 'good', text: data.undo.message });
          void queries.invalidateQueries();
        },
        (cause: Error) => showToast({ kind: 'bad', text: cause.message }),
      );
    },
    [queries],
  );
}
