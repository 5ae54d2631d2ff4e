import { Link } from '@tanstack/react-router';
import { Count } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import type { Now } from './use-now.ts';

/** The number of paths of each status, each with a link to the list. */
export function PathsPanel({ now }: { now: Now }) {
  return (
    <Panel title="Paths" actions={<Link to="/paths">All paths</Link>}>
      <Loaded {...now.overview('paths_by_status')} height={24}>
        {counts =>
          counts.length === 0 ? (
            <Empty>There are no paths yet. A path connects endpoints of two sites.</Empty>
          ) : (
            <ul className="path-counts">
              {counts.map(({ status, count }) => (
                <li key={status}>
                  <Link to="/paths" search={{ status } as never}>
                    <b>
                      <Count exact={count} of="paths" />
                    </b>{' '}
                    <PathStatus status={status} />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
