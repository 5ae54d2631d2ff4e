import { useAddress } from '../../address/search.ts';
import { useTimeRange, writeRange } from '../../address/time-range.ts';
import { graphql } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Chart } from '../../parts/chart/chart.tsx';
import { bitsPerSecond, count } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { intervalsOf } from './history-columns.ts';

const THROUGHPUT = graphql(`
  query Throughput($from: AWSDateTime!, $to: AWSDateTime!, $policy_id: ID) {
    trafficHistory(from: $from, to: $to, filter: { policy_id: $policy_id }) {
      from
      begins_at
      points { at bits_per_second gap reset completeness { edges_expected edges_heard } }
    }
  }
`);

/** What passed over the range. */
export function ThroughputPanel() {
  const { from, to } = useTimeRange();
  const [{ policy }, setAddress] = useAddress();
  const answer = useAnswer(THROUGHPUT, { from, to, policy_id: policy ?? null }, { keepPrevious: true });
  return (
    <Panel title="Throughput">
      <Loaded
        data={answer.data?.data.trafficHistory}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      >
        {({ points, begins_at, from: begin }) =>
          points.length === 0 ? (
            <Empty>There is no history of this range yet: the first minute is being counted.</Empty>
          ) : (
            <Chart
              label="Throughput"
              range={{ from: Date.parse(from) / 1000, to: Date.parse(to) / 1000 }}
              intervals={intervalsOf(begins_at ?? begin, points)}
              series={[
                {
                  id: 'all',
                  name: 'All traffic',
                  colour: 'series-1',
                  values: points.map(({ gap, bits_per_second }) => (gap ? null : bits_per_second)),
                },
              ]}
              format={bitsPerSecond}
              exact={value => (value === null ? 'Not known' : `${count(Math.round(value))} bit/s`)}
              onZoom={(begin, end) => setAddress(writeRange({ from: begin, to: end }))}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
