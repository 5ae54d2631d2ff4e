import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Time } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';

const CHANGES = graphql(`
  query NowChanges {
    auditLog(limit: 8) { items { id at did operation outcome actor { email username sub } } }
  }
`);

/** What was changed last, and by whom. */
export function ChangesPanel() {
  const answer = useAnswer(CHANGES, {}, { everyMs: 60_000, changedBy: [''] });
  return (
    <Panel title="Last changes" flush>
      <Loaded
        data={answer.data?.data.auditLog.items}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      >
        {items =>
          items.length === 0 ? (
            <Empty>Nothing has been changed yet.</Empty>
          ) : (
            <ul className="changes">
              {items.map(({ id, at, did, operation, outcome, actor }) => (
                <li key={id}>
                  <Time at={at} relative />
                  <span>{outcome === 'REFUSED' ? `Refused: ${operation}` : (did ?? operation)}</span>
                  <bdi className="clip muted">{actor.email ?? actor.username ?? actor.sub}</bdi>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
