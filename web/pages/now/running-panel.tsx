import { Time } from '../../parts/figures.tsx';
import { percent } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { Status } from '../../parts/status.tsx';
import type { Overview } from './operations.ts';
import type { Now } from './use-now.ts';

type Work = NonNullable<Overview['running']>[number];

const WORDS: Record<Work['kind'], string> = {
  SITE_DELETION: 'Deletion of',
  SITE_RESTORE: 'Restore of',
  ENDPOINT_REMOVAL: 'Removal of',
  ENDPOINT_RESTORE: 'Restore of',
  EXPORT: 'Export',
  RESET: 'Reset of',
  VOID: 'Void of',
  RECOVERY: 'Recovery of the counters',
};

/**
 * Long-running operations, while they run and for some minutes after; no panel if there are none.
 */
export function RunningPanel({ now }: { now: Now }) {
  const items = now.overview('running').data ?? [];
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
