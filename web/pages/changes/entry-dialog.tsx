import { Link } from '@tanstack/react-router';
import { writeRange } from '../../address/time-range.ts';
import { graphql } from '../../data/graphql.ts';
import { useMayUndo } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { ChangeTarget } from '../../panels/change-target.tsx';
import { actorName, operationWords } from '../../panels/change-words.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Count, Time } from '../../parts/figures.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded } from '../../parts/panel.tsx';
import { Status } from '../../parts/status.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { around } from './instant.ts';
import { ENTRY, type FullEntry } from './operations.ts';

const UNDO = graphql(`
  mutation UndoEntry($audit_id: ID!) {
    undo(audit_id: $audit_id) { message audit_id finished }
  }
`);

export interface EntryDialogProps {
  id: string;
  /** Opens another entry of the same chain of undos. */
  onOpen(id: string): void;
  onClose(): void;
}

/** One entry of the audit log: who did what, the states before and after, and the undos of what. */
export function EntryDialog({ id, onOpen, onClose }: EntryDialogProps) {
  const answer = useAnswer(ENTRY, { id }, { changedBy: [''] });
  const entry = answer.data?.data.auditEntry;
  return (
    <Dialog
      place="side"
      title={entry ? operationWords(entry.did ?? entry.operation) : 'Change'}
      onClose={onClose}
    >
      {answer.data && !entry ? (
        <Empty>
          The audit log has no such entry that you may see. A running change gets its entry when it is done.
        </Empty>
      ) : (
        <Loaded data={entry} error={answer.error} onRetry={() => void answer.refetch()}>
          {found => <Entry key={found.id} entry={found} onOpen={onOpen} />}
        </Loaded>
      )}
    </Dialog>
  );
}

function Entry({ entry, onOpen }: { entry: FullEntry; onOpen(id: string): void }) {
  const {
    id,
    at,
    started_at,
    actor,
    target,
    target_name,
    outcome,
    message,
    attempts,
    request,
    undoes,
    undone_by,
  } = entry;
  const { before, after, undoable_until } = entry;
  const mayUndo = useMayUndo();
  const undo = useChange(UNDO, { done: ({ undo: { message } }) => ({ message }) });
  const refused = outcome === 'REFUSED';
  return (
    <>
      <dl className="facts">
        <dt>Outcome</dt>
        <dd>
          <Status kind={refused ? 'bad' : undone_by ? 'unknown' : 'good'}>
            {refused ? 'Refused' : undone_by ? 'Undone' : 'Done'}
          </Status>
        </dd>
        {message !== null && (
          <>
            <dt>Why</dt>
            <dd className="breakable">{message}</dd>
          </>
        )}
        <dt>When</dt>
        <dd>
          <Time at={at} />,{' '}
          <Link to="/changes" search={{ show: 'between', ...writeRange(around(at, Date.now())) } as never}>
            changes around this time
          </Link>
        </dd>
        <dt>Began</dt>
        <dd>
          <Time at={started_at} />
        </dd>
        <dt>Who</dt>
        <dd className="breakable">
          <bdi>{actorName(actor)}</bdi>
          {actor.source_ip !== null && <span className="muted"> from {actor.source_ip}</span>}
        </dd>
        {actor.request_id !== null && (
          <>
            <dt>Request</dt>
            <dd className="breakable">
              <code>{actor.request_id}</code>
            </dd>
          </>
        )}
        <dt>Target</dt>
        <dd className="breakable">
          {target === null ? '–' : <ChangeTarget target={target} target_name={target_name} />}
        </dd>
        {attempts > 1 && (
          <>
            <dt>Attempts</dt>
            <dd>
              <Count exact={attempts} of="attempts" />
            </dd>
          </>
        )}
        {undoes !== null && (
          <>
            <dt>It undoes</dt>
            <dd>
              <Button kind="link" onPress={() => onOpen(undoes)}>
                {undoes}
              </Button>
            </dd>
          </>
        )}
        {undone_by !== null && (
          <>
            <dt>Undone by</dt>
            <dd>
              <Button kind="link" onPress={() => onOpen(undone_by)}>
                {undone_by}
              </Button>
            </dd>
          </>
        )}
        <dt>Id</dt>
        <dd className="breakable">{id}</dd>
      </dl>
      {refused ? (
        <>
          <h3>Request</h3>
          <DifferenceTable before={null} after={request} />
        </>
      ) : (
        <>
          <h3>Before and after</h3>
          <DifferenceTable before={before} after={after} />
        </>
      )}
      {undo.error && <Notice kind="bad">{undo.error.message}</Notice>}
      {undo.done && (
        <Notice
          kind="good"
          action={<Button onPress={() => onOpen(undo.done!.undo.audit_id)}>Show the undo</Button>}
        >
          {undo.done.undo.message}
        </Notice>
      )}
      {mayUndo(entry) && (
        <div className="form-end">
          <span className="muted">
            Can be undone until <Time at={undoable_until} />
          </span>
          <Button kind="danger" isPending={undo.isPending} onPress={() => undo.run({ audit_id: id })}>
            Undo
          </Button>
        </div>
      )}
    </>
  );
}
