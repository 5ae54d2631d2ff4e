import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Time } from '../../parts/figures.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';

const PROBLEMS = graphql(`
  query Problems {
    allPaths(status: FAILED, limit: 20) { items { id status metrics { measured_at } } total }
  }
`);

/** What is wrong now, the worst first. */
export function ProblemsPanel() {
  const answer = useAnswer(PROBLEMS, {}, { everyMs: 60_000, changedBy: ['PATH', 'EDGE', 'SITE', 'POLIC'] });
  return (
    <Panel title="Problems" flush>
      <Loaded data={answer.data?.data.allPaths} error={answer.error} onRetry={() => void answer.refetch()}>
        {({ items }) =>
          items.length === 0 ? (
            <Notice kind="good">Nothing is wrong: no path has failed.</Notice>
          ) : (
            <ul className="problems">
              {items.map(({ id, status, metrics }) => (
                <li key={id}>
                  <PathStatus status={status} />
                  <a href={`/paths/${id}`}>Path {id}</a>
                  <Time at={metrics?.measured_at} relative />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
