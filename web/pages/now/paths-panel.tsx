import { Count } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import type { Now } from './use-now.ts';

/** How many paths there are of each status. */
export function PathsPanel({ now }: { now: Now }) {
  return (
    <Panel title="Paths">
      <Loaded {...now.overview('paths_by_status')}>
        {counts =>
          counts.length === 0 ? (
            <Empty>There are no paths yet. Two sites with endpoints can be joined by one.</Empty>
          ) : (
            <dl className="facts facts-end">
              {counts.map(({ status, count }) => (
                <div key={status} className="fact">
                  <dt>
                    <PathStatus status={status} />
                  </dt>
                  <dd>
                    <Count exact={count} of="paths" />
                  </dd>
                </div>
              ))}
            </dl>
          )
        }
      </Loaded>
    </Panel>
  );
}
