import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Time } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';

const HAPPENED = graphql(`
  query Happened {
    events(limit: 10) { items { id timestamp title actor { email username sub } } }
  }
`);

/** What was changed or has changed by itself, the last first. */
export function ChangesPanel() {
  const answer = useAnswer(HAPPENED, {}, { changedBy: [''] });
  return (
    <Panel title="Last changes" flush>
      <Loaded
        data={answer.data?.data.events.items}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      >
        {items =>
          items.length === 0 ? (
            <Empty>Nothing has been changed yet.</Empty>
          ) : (
            <ul className="rows">
              {items.map(({ id, timestamp, title, actor }) => (
                <li key={id}>
                  <span className="muted">
                    <Time at={timestamp} relative />
                  </span>
                  <bdi className="grows">{title}</bdi>
                  {actor && <bdi className="muted">{actor.email ?? actor.username ?? actor.sub}</bdi>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
