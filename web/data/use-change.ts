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
  /** Its entry in the audit log; given, the toast offers to undo it. */
  audit_id?: string | null;
  /** In place of `audit_id`, where the answer doesn't name the entry: what was done to what. */
  change?: ChangeName;
}

export interface ChangeOptions<Data> {
  /** What the answer says was done; shown as a toast. */
  done(data: Data): Done;
  /** After it, with the answer. */
  onDone?(data: Data): void;
}

/**
 * A change: `run(variables)` asks for it, says what was done with a way to undo it, and has every
 * answer on the screen asked anew. What was wrong is in `error`; `fieldErrors` says it by argument,
 * as a form wants it.
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
  // The same object until another error comes: a form takes a new one for news, and would not let
  // what was corrected be sent.
  const fieldErrors = useMemo(() => fieldErrorsOf(mutation.error), [mutation.error]);
  return {
    run: mutation.mutate,
    isPending: mutation.isPending,
    error: mutation.error,
    /** What was asked for last. */
    variables: mutation.variables,
    /** The answer, once it is done. */
    done: mutation.data,
    fieldErrors,
    reset: mutation.reset,
  };
}

/** By argument: what was wrong, which says what is allowed. */
function fieldErrorsOf(error: Error | null): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.fields.map(({ argument, message }) => [argument, message]));
}
