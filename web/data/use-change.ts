import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TadaDocumentNode } from 'gql.tada';
import { useMemo } from 'react';
import { showToast } from '../parts/toasts.tsx';
import { ask } from './ask.ts';
import { ApiError } from './errors.ts';
import { type ChangeName, useUndo } from './undo.ts';

export interface Done {
  /** What was done, in a sentence. */
  message: string;
  /** Its entry in the audit log; if given, the toast offers to undo it. */
  audit_id?: string | null;
  /** Instead of `audit_id`, if the answer doesn't name the entry: the operation and its target. */
  change?: ChangeName;
}

export interface ChangeOptions<Data> {
  /** The message about the change, from the answer; shown as a toast. */
  done(data: Data): Done;
  /** Called after the change, with the answer. */
  onDone?(data: Data): void;
}

/**
 * A mutation: `run(variables)` sends it, shows a toast with an undo button, and reloads every
 * answer on the screen. `error` holds the error; `fieldErrors` holds it by argument, for forms.
 */
export function useChange<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  { done, onDone }: ChangeOptions<Data>,
) {
  const queries = useQueryClient();
  const undo = useUndo();
  const mutation = useMutation({
    mutationFn: async (variables: Variables) => (await ask(document, variables)).data,
    onSuccess: data => {
      const { message, audit_id, change } = done(data);
      const undone = audit_id ?? change;
      showToast({
        kind: 'good',
        text: message,
        ...(undone && { action: { label: 'Undo', run: () => undo(undone) } }),
      });
      void queries.invalidateQueries();
      onDone?.(data);
    },
  });
  // The same object until the next error: a form treats a new object as new errors, and would block
  // fields that were corrected.
  const fieldErrors = useMemo(() => fieldErrorsOf(mutation.error), [mutation.error]);
  return {
    run: mutation.mutate,
    isPending: mutation.isPending,
    error: mutation.error,
    /** The variables of the last call. */
    variables: mutation.variables,
    /** The answer of the last call that succeeded. */
    done: mutation.data,
    fieldErrors,
    reset: mutation.reset,
  };
}

/** Messages by argument; each says what is allowed. */
function fieldErrorsOf(error: Error | null): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.fields.map(({ argument, message }) => [argument, message]));
}
