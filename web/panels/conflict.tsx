import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../data/errors.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';

export interface ConflictProps {
  error: Error | null;
  /** Begins again with what the others have saved. */
  onReload(): void;
  /** Saves what is in the form over it. */
  onOverwrite(): void;
}

/**
 * The state of a thing that a form shows, and a way to ask for the latest one: what others save
 * meanwhile doesn't come into the form by itself.
 */
export function useSeen<Thing extends { updated_at: string }>(
  latest: Thing | undefined,
): [seen: Thing | undefined, showLatest: () => void] {
  const [seen, setSeen] = useState(latest);
  const [wanted, setWanted] = useState(false);
  if (wanted && latest && latest.updated_at !== seen?.updated_at) {
    setSeen(latest);
    setWanted(false);
  }
  return [seen, () => setWanted(true)];
}

/** Whether somebody else has changed the same thing since it was read. */
export function isConflict(error: Error | null): boolean {
  return error instanceof ApiError && error.type === 'Conflict';
}

/** What to do where somebody else was faster; nothing where that isn't what went wrong. */
export function Conflict({ error, onReload, onOverwrite }: ConflictProps) {
  const queries = useQueryClient();
  if (!isConflict(error)) return null;
  const reload = (): void => {
    void queries.invalidateQueries();
    onReload();
  };
  return (
    <Notice
      kind="warn"
      action={
        <span className="panel-actions">
          <Button onPress={reload}>Show theirs</Button>
          <Button kind="danger" onPress={onOverwrite}>
            Save mine over it
          </Button>
        </span>
      }
    >
      {error!.message}
    </Notice>
  );
}
