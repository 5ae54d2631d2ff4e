import { lazy, Suspense, useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useTimeRange, writeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { chartOf } from '../../panels/series-chart.ts';
import { Chart } from '../../parts/chart/chart.tsx';
import { bitsPerSecond, count } from '../../parts/format.ts';
import { Empty, Loaded, Loading, Panel } from '../../parts/panel.tsx';
import { TRAFFIC_SERIES } from './operations.ts';
import { FIELDS, type Field, readTraffic } from './traffic-address.ts';
import { useNames } from './use-names.ts';

// Below the chart, and behind the first view.
const GroupTable = lazy(async () => ({ default: (await import('./group-table.tsx')).GroupTable }));

/** What was carried over the range, stacked by group, and its sums as a table. */
export function OverTime() {
  const [address] = useAddress();
  const { by } = readTraffic(address);
  // By something else it is another answer: what is shown until it comes would have its names.
  return <SeriesOf key={by} by={by} />;
}

function SeriesOf({ by }: { by: Field }) {
  const { from, to, compare } = useTimeRange();
  const [, setAddress] = useAddress();
  const nameOf = useNames();
  const answer = useAnswer(
    TRAFFIC_SERIES,
    { by: FIELDS[by].group, from, to, compare },
    { keepPrevious: true, changedBy: ['STATS', 'BOOT', 'CHANGE_UNDONE'] },
  );
  const series = answer.data?.data.trafficSeries;
  const chart = useMemo(() => series && chartOf(series, id => nameOf(by, id)), [series, by, nameOf]);
  const retry = () => void answer.refetch();
  return (
    <>
      <Panel title={`Throughput by ${by}`}>
        <Loaded data={chart} error={answer.error} onRetry={retry} height={308}>
          {({ intervals, series: drawn }) =>
            drawn.every(({ values }) => values.every(value => value === null)) ? (
              <Empty>Nothing was counted in this range for what is asked. Choose another range.</Empty>
            ) : (
              <Chart
                label={`Throughput by ${by}`}
                range={{ from: Date.parse(from) / 1000, to: Date.parse(to) / 1000 }}
                intervals={intervals}
                series={drawn}
                stacked
                format={bitsPerSecond}
                exact={value => (value === null ? 'Not known' : `${count(Math.round(value))} bit/s`)}
                onZoom={(begin, end) => setAddress(writeRange({ from: begin, to: end }))}
              />
            )
          }
        </Loaded>
      </Panel>
      <Panel title={FIELDS[by].many} flush>
        <Loaded data={series} error={answer.error} onRetry={retry}>
          {known => (
            <Suspense fallback={<Loading />}>
              <GroupTable by={by} series={known} name={id => nameOf(by, id)} />
            </Suspense>
          )}
        </Loaded>
      </Panel>
    </>
  );
}
