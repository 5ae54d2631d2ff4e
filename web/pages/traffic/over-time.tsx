import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useTimeRange, writeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { chartOf } from '../../panels/series-chart.ts';
import { Chart } from '../../parts/chart/chart.tsx';
import { bitsPerSecond, count } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import { INTERVAL_COLUMNS, intervalRows, sumColumns } from './file-rows.ts';
import { groupRows } from './group-rows.ts';
import { GroupTable } from './group-table.tsx';
import { TRAFFIC_SERIES } from './operations.ts';
import { FIELDS } from './traffic-address.ts';
import { useNames } from './use-names.ts';
import { useTraffic } from './use-traffic.ts';

/** The throughput over the range, stacked by group, and the sums as a table. */
export function OverTime() {
  const { by } = useTraffic();
  // The answer to another grouping must not appear under the names of this one while the new one is
  // loading.
  return <SeriesOf key={by} />;
}

function SeriesOf() {
  const { from, to, compare } = useTimeRange();
  const [, setAddress] = useAddress();
  const { by, filter, only } = useTraffic();
  const names = useNames();
  const answer = useAnswer(
    TRAFFIC_SERIES,
    { by: FIELDS[by].group, from, to, filter, compare },
    { keepPrevious: true, changedBy: ['STATS', 'BOOT', 'CHANGE_UNDONE'] },
  );
  const series = answer.data?.data.trafficSeries;
  const chart = useMemo(() => series && chartOf(series, id => names.of(by, id)), [series, by, names]);
  const rows = useMemo(() => series && groupRows(series), [series]);
  const intervals = useMemo(
    () => series && intervalRows(series, id => names.of(by, id)),
    [series, by, names],
  );
  const name = (id: string) => names.of(by, id);
  const retry = () => void answer.refetch();
  return (
    <>
      <Panel
        title={`Throughput by ${by}`}
        actions={<SaveButtons of={`Throughput by ${by}`} columns={INTERVAL_COLUMNS} rows={intervals} />}
      >
        <Loaded data={chart} error={answer.error} onRetry={retry} height={308}>
          {({ intervals, series: drawn }) =>
            drawn.every(({ values }) => values.every(value => value === null)) ? (
              <Empty>
                No traffic was counted in this range for this filter. Choose another range, or take a filter
                away.
              </Empty>
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
                onChoose={id => only(by, id)}
              />
            )
          }
        </Loaded>
      </Panel>
      <Panel
        title={FIELDS[by].many}
        actions={<SaveButtons of={`Traffic by ${by}`} columns={sumColumns(name)} rows={rows} />}
        flush
      >
        <Loaded data={rows} error={answer.error} onRetry={retry}>
          {sums => <GroupTable rows={sums} compares={series?.previous != null} names={names} />}
        </Loaded>
      </Panel>
    </>
  );
}
