import { Link } from '@tanstack/react-router';
import { ChangeTarget } from '../../panels/change-target.tsx';
import { actorName, operationWords } from '../../panels/change-words.ts';
import { Time } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import type { Now } from './use-now.ts';

/** The latest changes and who made them. */
export function ChangesPanel({ now }: { now: Now }) {
  return (
    <Panel title="Last changes" flush actions={<Link to="/changes">All changes</Link>}>
      <Loaded {...now.overview('last_changes')} height={440}>
        {changes =>
          changes.length === 0 ? (
            <Empty>There are no changes yet.</Empty>
          ) : (
            <ul className="rows">
              {changes.map(({ id, at, did, operation, target, target_name, outcome, undone_by, actor }) => (
                <li key={id}>
                  <span className="grows clip">
                    <Link to="/changes" search={{ entry: id } as never}>
                      {outcome === 'REFUSED' && 'Refused: '}
                      {operationWords(did ?? operation)}
                    </Link>{' '}
                    <span className="muted">
                      by <bdi>{actorName(actor)}</bdi>
                      {undone_by !== null && ', undone'}
                    </span>
                  </span>
                  <span className="muted">
                    <Time at={at} relative />
                  </span>
                  {target !== null && (
                    <div className="row-below clip">
                      <ChangeTarget target={target} target_name={target_name} />
                    </div>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
