import { Link } from '@tanstack/react-router';
import { actorName } from '../../panels/change-words.ts';
import { namedTitle } from '../../panels/named-title.ts';
import { Time } from '../../parts/figures.tsx';
import { Empty, Panel } from '../../parts/panel.tsx';
import type { Frozen } from './operations.ts';
import '../../parts/timeline.css';

/** Changes and events during an incident, newest first. */
export function FrozenLog({ log, total }: { log: Frozen['log']; total: number }) {
  return (
    <Panel title="Changes and events" flush>
      {log.length === 0 ? (
        <Empty>There were no changes and no events.</Empty>
      ) : (
        <ol className="timeline" aria-label="Log">
          {log.map(({ id, at, title, actor, target, target_name, audited }) => (
            <li key={id} className="moment">
              <Time at={at} />
              <div className="moment-text">
                <bdi>{namedTitle(title, target, target_name)}</bdi>{' '}
                {actor !== null && (
                  <span className="muted">
                    by <bdi>{actorName(actor)}</bdi>
                  </span>
                )}
              </div>
              {audited && (
                <Link to="/changes" search={{ entry: id } as never}>
                  Entry
                </Link>
              )}
            </li>
          ))}
        </ol>
      )}
      {total > log.length && (
        <p className="panel-body muted">
          The newest {log.length} of {total}.
        </p>
      )}
    </Panel>
  );
}
