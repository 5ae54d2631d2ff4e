import { graphql, type ResultOf } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Time } from '../../parts/figures.tsx';
import { percent } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { Status } from '../../parts/status.tsx';

const RUNNING = graphql(`
  query Running {
    operations { id kind target target_name started_at progress finished error }
  }
`);

type Work = ResultOf<typeof RUNNING>['operations'][number];

const WORDS: Record<Work['kind'], string> = {
  SITE_DELETION: 'Deletion of',
  SITE_RESTORE: 'Restore of',
  ENDPOINT_REMOVAL: 'Removal of',
  ENDPOINT_RESTORE: 'Restore of',
  EXPORT: 'Export',
  RESET: 'Reset of',
  VOID: 'Void of',
  RECOVERY: 'Counters made anew',
};

/** Types of events with which work begins or ends. */
const BEGINS = ['SITE', 'ENDPOINT', 'EXPORT', 'STATS', 'BOOT', 'COUNTERS', 'CHANGE_UNDONE'];

/** How often progress is asked for, only while there is some. */
const PROGRESS_MS = 5000;

/** Work that takes more than a request, while it goes on and for some minutes after; no panel where there is none. */
export function RunningPanel() {
  const { data } = useAnswer(
    RUNNING,
    {},
    {
      changedBy: BEGINS,
      everyMs: answer => (answer?.data.operations.some(({ finished }) => !finished) ? PROGRESS_MS : false),
    },
  );
  const items = data?.data.operations ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title="Work" flush>
      <ul className="rows">
        {items.map(work => (
          <li key={work.id}>
            <WorkStatus work={work} />
            <span className="grows">
              {WORDS[work.kind]} <bdi>{work.target_name ?? work.target ?? 'everything'}</bdi>
              {work.error !== null && `: ${work.error}`}
            </span>
            <span className="muted">
              <Time at={work.started_at} relative />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function WorkStatus({ work: { finished, progress, error } }: { work: Work }) {
  if (error !== null) return <Status kind="bad">Failed</Status>;
  if (finished) return <Status kind="good">Done</Status>;
  return <Status kind="info">{progress === null ? 'Running' : `Running, ${percent(progress * 100)}`}</Status>;
}
