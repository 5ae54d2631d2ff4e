import '../parts/timeline.css';
import { graphql, type ResultOf } from '../data/graphql.ts';
import { useAnswer } from '../data/use-answer.ts';
import { Time } from '../parts/figures.tsx';
import { percent } from '../parts/format.ts';
import { Panel } from '../parts/panel.tsx';
import { Status } from '../parts/status.tsx';

const WORK = graphql(`
  query Work {
    operations {
      id kind target target_name started_at progress finished finished_at error
    }
  }
`);

type Operation = ResultOf<typeof WORK>['operations'][number];

const WORDS: Record<Operation['kind'], string> = {
  SITE_DELETION: 'Deletion of site',
  SITE_RESTORE: 'Restore of site',
  ENDPOINT_REMOVAL: 'Removal of endpoint',
  ENDPOINT_RESTORE: 'Restore of endpoint',
  EXPORT: 'Export',
  RESET: 'Reset of statistics',
  VOID: 'Void of a boot of',
  RECOVERY: 'Recovery of the counters',
};

/**
 * Long-running operations of these kinds (default: all): their progress, and those that ended in
 * the last minutes. Renders nothing if there are none.
 */
export function WorkPanel({ kinds }: { kinds?: readonly Operation['kind'][] }) {
  const { data } = useAnswer(WORK, {}, { everyMs: 60_000, changedBy: [''] });
  const operations = (data?.data.operations ?? []).filter(({ kind }) => kinds?.includes(kind) ?? true);
  if (operations.length === 0) return null;
  return (
    <Panel title="Operations in progress" flush>
      <ul className="timeline" aria-label="Operations in progress">
        {operations.map(operation => (
          <WorkRow key={operation.id} operation={operation} />
        ))}
      </ul>
    </Panel>
  );
}

function WorkRow({ operation }: { operation: Operation }) {
  const { kind, target, target_name, started_at, progress, finished, finished_at, error } = operation;
  const name = `${WORDS[kind]} ${target_name ?? target ?? ''}`;
  return (
    <li className="moment">
      <Time at={finished_at ?? started_at} relative />
      <Status kind={error ? 'bad' : finished ? 'good' : 'info'}>
        {error ? 'Failed' : finished ? 'Done' : 'Running'}
      </Status>
      <div className="moment-text">
        <bdi>{name}</bdi>
        {error && <p className="muted">{error}</p>}
      </div>
      {!finished && (
        <span>
          <progress aria-label={name} max={1} {...(progress !== null && { value: progress })} />{' '}
          {progress === null ? 'progress not known' : percent(progress * 100)}
        </span>
      )}
    </li>
  );
}
