import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useTimeRange, writeRange } from '../../address/time-range.ts';
import { chartOf } from '../../panels/series-chart.ts';
import { Button } from '../../parts/button.tsx';
import { Chart } from '../../parts/chart/chart.tsx';
import { bitsPerSecond, count } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import type { Now } from './use-now.ts';

/** The throughput over the range, by policy; the address can select one policy. */
export function ThroughputPanel({ now, name }: { now: Now; name(id: string): string }) {
  const { from, to } = useTimeRange();
  const [{ policy }, setAddress] = useAddress();
  const { data: series, error, onRetry } = now.throughput;
  const chart = useMemo(() => series && chartOf(series, name), [series, name]);
  return (
    <Panel
      title={policy === undefined ? 'Throughput' : `Throughput of ${name(policy)}`}
      actions={
        policy !== undefined && (
          <Button onPress={() => setAddress({ policy: undefined })}>All policies</Button>
        )
      }
    >
      <Loaded data={chart} error={error} onRetry={onRetry} height={308}>
        {({ intervals, series: drawn }) =>
          drawn.every(({ values }) => values.every(value => value === null)) ? (
            <Empty>
              There are no measurements in this range. Choose another one, or wait until the first minute is
              counted.
            </Empty>
          ) : (
            <Chart
              label="Throughput"
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
  );
}
