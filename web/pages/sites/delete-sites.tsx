import { useState } from 'react';
import { useUndo } from '../../data/undo.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog, Dialog } from '../../parts/dialog.tsx';
import { Status } from '../../parts/status.tsx';
import { DELETE_SITES } from './operations.ts';

export interface DeleteSitesProps {
  sites: readonly { id: string; name: string }[];
  onClose(): void;
}

interface Result {
  success: boolean;
  message: string;
  audit_id: string;
  site_id: string;
  finished: boolean;
}

/** Deletes several sites independently and shows the result of each. */
export function DeleteSites({ sites: given, onClose }: DeleteSitesProps) {
  // A copy, because the list behind the dialog loses the deleted sites.
  const [sites] = useState(given);
  const [results, setResults] = useState<Result[]>();
  const { run, isPending, error } = useChange(DELETE_SITES, {
    done: ({ deleteSites }) => {
      const done = deleteSites.filter(({ success }) => success).length;
      return { message: `${done} of ${deleteSites.length} sites were deleted or are being deleted.` };
    },
    onDone: ({ deleteSites }) => setResults(deleteSites),
  });
  if (results) return <Results results={results} sites={sites} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={`Delete ${sites.length} sites`}
      confirm={`Delete ${sites.length} sites`}
      typed={`delete ${sites.length} sites`}
      isPending={isPending}
      error={error}
      onConfirm={() => run({ site_ids: sites.map(({ id }) => id) })}
      onClose={onClose}
    >
      <p>These sites are deleted with their endpoints and paths. Each can be restored for 30 days:</p>
      <ul className="name-list">
        {sites.map(({ id, name }) => (
          <li key={id}>
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
}

interface ResultsProps extends DeleteSitesProps {
  results: readonly Result[];
}

function Results({ results, sites, onClose }: ResultsProps) {
  const undo = useUndo();
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  return (
    <Dialog title="Result of the deletion" onClose={onClose}>
      <ul className="result-list" aria-label="Result of each site">
        {results.map(({ success, message, audit_id, site_id, finished }) => (
          <li key={site_id}>
            <Status kind={success ? (finished ? 'good' : 'info') : 'bad'}>
              {success ? (finished ? 'Deleted' : 'Running') : 'Refused'}
            </Status>
            <span className="result-text">
              <bdi>{names.get(site_id) ?? site_id}</bdi>: {message}
            </span>
            {success && finished && <Button onPress={() => undo(audit_id)}>Undo</Button>}
          </li>
        ))}
      </ul>
      <div className="form-end">
        <Button kind="primary" onPress={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
