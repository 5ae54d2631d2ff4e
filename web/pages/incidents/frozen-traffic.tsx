import { useMemo } from 'react';
import { chartOf } from '../../panels/series-chart.ts';
import { Chart } from '../../parts/chart/chart.tsx';
import { Bytes } from '../../parts/figures.tsx';
import { bitsPerSecond } from '../../parts/format.ts';
import { Empty } from '../../parts/panel.tsx';
import type { FrozenNames } from './frozen-names.ts';
import type { Frozen } from './operations.ts';

export interface FrozenTrafficProps {
  series: NonNullable<Frozen['series']>;
  names: FrozenNames;
}

/** The traffic of policies during an incident, as it was when the incident was frozen. */
export function FrozenTraffic({ series, names }: FrozenTrafficProps) {
  const chart = useMemo(() => chartOf(series, names.policy), [series, names]);
  const isKnown = series.total.bits_per_second.some(rate => rate !== null);
  if (series.at.length === 0) return <Empty>No snapshot was taken in this time.</Empty>;
  return (
    <>
      <Chart
        label="Traffic by policy"
        stacked
        intervals={chart.intervals}
        range={{ from: Date.parse(series.from) / 1000, to: Date.parse(series.to) / 1000 }}
        series={chart.series}
        format={bitsPerSecond}
        height={240}
      />
      <p className="muted">
        <Bytes exact={isKnown ? series.total.bytes_exact : null} /> in all.
      </p>
    </>
  );
}
