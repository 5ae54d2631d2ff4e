import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../data/errors.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';

export interface ConflictProps {
  error: Error | null;
  /** Loads the version that others saved. */
  onReload(): void;
  /** Overwrites it with the form. */
  onOverwrite(): void;
}

/**
 * The state that a form shows, and a function to load the latest one: changes that others save
 * meanwhile don't enter the form by themselves.
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

/** Whether someone else changed the same object after it was read. */
export function isConflict(error: Error | null): boolean {
  return error instanceof ApiError && error.type === 'Conflict';
}

/** The choices after a conflict with another person's change; nothing for other errors. */
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
          <Button onPress={reload}>Load their version</Button>
          <Button kind="danger" onPress={onOverwrite}>
            Overwrite with mine
          </Button>
        </span>
      }
    >
      {error!.message}
    </Notice>
  );
}
