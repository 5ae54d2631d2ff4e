import { Time } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import type { Now } from './use-now.ts';

/** What was changed last, and by whom. */
export function ChangesPanel({ now }: { now: Now }) {
  return (
    <Panel title="Last changes" flush>
      <Loaded {...now.overview('last_changes')}>
        {changes =>
          changes.length === 0 ? (
            <Empty>Nothing has been changed yet.</Empty>
          ) : (
            <ul className="rows">
              {changes.map(({ id, at, did, operation, outcome, undone_by, actor }) => (
                <li key={id}>
                  <span className="muted">
                    <Time at={at} relative />
                  </span>
                  <span className="grows">
                    {outcome === 'REFUSED' ? `Refused: ${operation}` : (did ?? operation)}
                    {undone_by !== null && <span className="muted"> (undone)</span>}
                  </span>
                  <bdi className="muted">{actor.email ?? actor.username ?? actor.sub}</bdi>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
