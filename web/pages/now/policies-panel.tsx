import { graphql, type ResultOf } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Bytes, Count, Rate } from '../../parts/figures.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';

const RATE = graphql(`
  fragment NowRate on Rate { bits_per_second packets_per_second from to }
`);

const POLICIES = graphql(
  `
  query NowPolicies {
    trafficTotals { packets_exact bytes_exact active_flows rate { ...NowRate } }
    policies(limit: 100) { items { id name packets_matched_exact bytes_matched_exact active_flows rate { ...NowRate } } }
  }
`,
  [RATE],
);

type Policy = ResultOf<typeof POLICIES>['policies']['items'][number];

const COLUMNS: readonly Column<Policy>[] = [
  { id: 'name', head: 'Policy', width: 'minmax(120px, 2fr)', cell: ({ name }) => <bdi>{name}</bdi> },
  {
    id: 'rate',
    head: 'Now',
    width: 'minmax(96px, 1fr)',
    end: true,
    cell: ({ rate }) => <Rate rate={rate} />,
  },
  {
    id: 'bytes',
    head: 'Bytes',
    width: 'minmax(88px, 1fr)',
    end: true,
    cell: ({ bytes_matched_exact }) => <Bytes exact={bytes_matched_exact} />,
  },
  {
    id: 'packets',
    head: 'Packets',
    width: 'minmax(104px, 1fr)',
    end: true,
    cell: ({ packets_matched_exact }) => <Count exact={packets_matched_exact} of="packets" />,
  },
  {
    id: 'flows',
    head: 'Flows',
    width: '72px',
    end: true,
    cell: ({ active_flows }) => <Count exact={active_flows} of="active flows" />,
  },
];

/** All traffic, and what each policy has carried. */
export function PoliciesPanel() {
  const answer = useAnswer(POLICIES, {}, { everyMs: 10_000, changedBy: ['POLIC', 'STATS', 'BOOT'] });
  return (
    <Panel title="All traffic" flush>
      <Loaded data={answer.data?.data} error={answer.error} onRetry={() => void answer.refetch()}>
        {({ trafficTotals, policies }) => (
          <>
            <dl className="totals panel-body">
              <div>
                <dt>Now</dt>
                <dd>
                  <Rate rate={trafficTotals.rate} />
                </dd>
              </div>
              <div>
                <dt>Bytes</dt>
                <dd>
                  <Bytes exact={trafficTotals.bytes_exact} />
                </dd>
              </div>
              <div>
                <dt>Packets</dt>
                <dd>
                  <Count exact={trafficTotals.packets_exact} of="packets" />
                </dd>
              </div>
              <div>
                <dt>Active flows</dt>
                <dd>
                  <Count exact={trafficTotals.active_flows} of="active flows" />
                </dd>
              </div>
            </dl>
            <VirtualTable
              label="Policies"
              columns={COLUMNS}
              rows={policies.items}
              rowId={({ id }) => id}
              maxRows={12}
            />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
