import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Bytes, Count } from '../../parts/figures.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';

const NOW = graphql(`
  query Now {
    trafficTotals { packets_exact bytes_exact active_flows }
    policies(limit: 100) { items { id name priority enabled packets_matched_exact bytes_matched_exact active_flows } }
  }
`);

/** What is wrong, what flows and what changed, at a glance. */
export function Page() {
  const answer = useAnswer(NOW, {}, { everyMs: 10_000 });
  const { data, error } = answer;
  const retry = () => void answer.refetch();
  return (
    <div className="page">
      <h1>Now</h1>
      <Panel title="All traffic">
        <Loaded data={data?.data.trafficTotals} error={error} onRetry={retry}>
          {totals => (
            <dl className="facts">
              <dt>Bytes</dt>
              <dd>
                <Bytes exact={totals.bytes_exact} />
              </dd>
              <dt>Packets</dt>
              <dd>
                <Count exact={totals.packets_exact} of="packets" />
              </dd>
              <dt>Active flows</dt>
              <dd>
                <Count exact={totals.active_flows} of="active flows" />
              </dd>
            </dl>
          )}
        </Loaded>
      </Panel>
      <Panel title="Policies" flush>
        <Loaded data={data?.data.policies.items} error={error} onRetry={retry}>
          {items => (
            <table className="plain-table">
              <thead>
                <tr>
                  <th>Policy</th>
                  <th>Bytes</th>
                  <th>Packets</th>
                  <th>Active flows</th>
                </tr>
              </thead>
              <tbody>
                {items.map(policy => (
                  <tr key={policy.id}>
                    <td>
                      <bdi>{policy.name}</bdi>
                    </td>
                    <td>
                      <Bytes exact={policy.bytes_matched_exact} />
                    </td>
                    <td>
                      <Count exact={policy.packets_matched_exact} of="packets" />
                    </td>
                    <td>
                      <Count exact={policy.active_flows} of="active flows" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Loaded>
      </Panel>
    </div>
  );
}
