import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Count } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';

const PATHS = graphql(`
  query NowPaths {
    allPaths(limit: 1) { total by_status { status count } }
  }
`);

/** How many paths there are of each status. */
export function PathsPanel() {
  const answer = useAnswer(PATHS, {}, { everyMs: 60_000, changedBy: ['PATH', 'SITE'] });
  return (
    <Panel title="Paths">
      <Loaded data={answer.data?.data.allPaths} error={answer.error} onRetry={() => void answer.refetch()}>
        {({ by_status }) =>
          by_status.length === 0 ? (
            <Empty>There are no paths yet. Two sites with endpoints can be joined by one.</Empty>
          ) : (
            <dl className="facts">
              {by_status.map(({ status, count }) => (
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
