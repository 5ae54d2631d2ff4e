import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useTimeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { hourPlace, tick } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { groupTimeRows, hourRows } from './heat-rows.ts';
import { HeatTable } from './heat-table.tsx';
import { TRAFFIC_GRID, TRAFFIC_HOURS } from './operations.ts';
import { FIELDS } from './traffic-address.ts';
import { useNames } from './use-names.ts';
import { useTraffic } from './use-traffic.ts';

/** The finest intervals of the API: they are at most an hour for ranges up to about two months. */
const FINEST = 1500;
const HOUR_S = 3600;
/** Columns of groups over time. */
const COLUMNS = 48;
/** The distance between two columns with labels. */
const NAMED_EVERY = 8;

const HOURS = Array.from({ length: 24 }, (_, hour) => (hour % 3 === 0 ? String(hour).padStart(2, '0') : ''));

/** Throughput by hour and day, or by group and time. */
export function HeatView() {
  const [{ rows }, setAddress] = useAddress();
  const { by } = useTraffic();
  const byGroup = rows === 'groups';
  const choice = (
    <Tabs
      label="Rows"
      tabs={[
        { id: 'days', title: 'Hour of the day' },
        { id: 'groups', title: FIELDS[by].many },
      ]}
      chosen={byGroup ? 'groups' : 'days'}
      onChoose={id => setAddress({ rows: id === 'groups' ? id : undefined })}
    />
  );
  return (
    <Panel title={byGroup ? `${FIELDS[by].many} over time` : 'Throughput by day and hour'} actions={choice}>
      {byGroup ? <Groups key={by} /> : <Hours />}
    </Panel>
  );
}

function Hours() {
  const { from, to } = useTimeRange();
  const { filter } = useTraffic();
  const answer = useAnswer(TRAFFIC_HOURS, { from, to, filter, points: FINEST }, { keepPrevious: true });
  const series = answer.data?.data.trafficSeries;
  const rows = useMemo(() => series && hourRows(series, series.total.bits_per_second, hourPlace), [series]);
  return (
    <Loaded data={rows} error={answer.error} onRetry={() => void answer.refetch()} height={240}>
      {days => {
        if (series!.step_s > HOUR_S) {
          return <Empty>This range is too long to show single hours. Choose a range of up to 60 days.</Empty>;
        }
        if (days.length === 0) return <Empty>There are no measurements in this range.</Empty>;
        return <HeatTable label="Throughput by hour" rowHead="Day" columns={HOURS} rows={days} />;
      }}
    </Loaded>
  );
}

function Groups() {
  const { from, to } = useTimeRange();
  const { by, filter } = useTraffic();
  const names = useNames();
  const answer = useAnswer(
    TRAFFIC_GRID,
    { by: FIELDS[by].group, from, to, filter, points: COLUMNS },
    { keepPrevious: true },
  );
  const series = answer.data?.data.trafficSeries;
  const rows = useMemo(
    () => series && groupTimeRows(series, series.groups, id => names.of(by, id)),
    [series, by, names],
  );
  return (
    <Loaded data={rows} error={answer.error} onRetry={() => void answer.refetch()} height={240}>
      {groups =>
        groups.length === 0 ? (
          <Empty>No traffic was counted in this range for this filter.</Empty>
        ) : (
          <HeatTable
            label={`Throughput by ${by} and time`}
            rowHead={FIELDS[by].one}
            columns={series!.at.map((at, index) =>
              index % NAMED_EVERY === 0 ? tick(Date.parse(at) - series!.step_s * 1000, series!.step_s) : '',
            )}
            rows={groups}
          />
        )
      }
    </Loaded>
  );
}
