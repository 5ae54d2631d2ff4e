import { useMemo, useState } from 'react';
import { useTimeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Chart } from '../../parts/chart/chart.tsx';
import { bitsPerSecond, milliseconds, percent } from '../../parts/format.ts';
import { Loaded } from '../../parts/panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { PATH_HISTORY } from './operations.ts';

/** The charts of a path, each with figures of one unit. */
const FIGURES = {
  score: { title: 'Score', format: (value: number | null) => (value === null ? '–' : value.toFixed(0)) },
  latency: { title: 'Round trip', format: milliseconds },
  loss: { title: 'Loss', format: percent },
  traffic: { title: 'Traffic', format: bitsPerSecond },
} as const;

type FigureName = keyof typeof FIGURES;

/** A path over the page's range, one figure at a time; intervals without a measurement are gaps. */
export function PathHistory({ path_id }: { path_id: string }) {
  const { from, to } = useTimeRange();
  const [shown, setShown] = useState<FigureName>('score');
  const answer = useAnswer(PATH_HISTORY, { path_id, from, to }, { keepPrevious: true });
  const history = answer.data?.data.pathHistory;
  const intervals = useMemo(
    () =>
      history && {
        from: Date.parse(history.from) / 1000,
        at: history.at.map(at => Date.parse(at) / 1000),
        completeness: history.at.map(() => null),
        gaps: history.gaps,
        resets: history.at.map(() => false),
      },
    [history],
  );
  const { title, format } = FIGURES[shown];
  return (
    <section aria-label="History">
      <div className="section-head">
        <h3>History</h3>
        <Tabs
          label="Figure"
          tabs={Object.entries(FIGURES).map(([id, figure]) => ({ id, title: figure.title }))}
          chosen={shown}
          onChoose={id => setShown(id as FigureName)}
        />
      </div>
      <Loaded data={history} error={answer.error} onRetry={() => void answer.refetch()} height={208}>
        {columns =>
          intervals && (
            <Chart
              label={title}
              intervals={intervals}
              range={{ from: Date.parse(from) / 1000, to: Date.parse(to) / 1000 }}
              series={seriesOf(shown, columns)}
              format={format}
              height={160}
            />
          )
        }
      </Loaded>
    </section>
  );
}

interface Columns {
  score: (number | null)[];
  latency_ms: (number | null)[];
  packet_loss_pct: (number | null)[];
  tx_bits_per_second: (number | null)[];
  rx_bits_per_second: (number | null)[];
}

function seriesOf(shown: FigureName, columns: Columns) {
  const { score, latency_ms, packet_loss_pct, tx_bits_per_second, rx_bits_per_second } = columns;
  const one = (values: (number | null)[]) => [
    { id: shown, name: FIGURES[shown].title, colour: 'series-1', values },
  ];
  if (shown === 'score') return one(score);
  if (shown === 'latency') return one(latency_ms);
  if (shown === 'loss') return one(packet_loss_pct);
  return [
    { id: 'tx', name: 'From the source', colour: 'series-1', values: tx_bits_per_second },
    { id: 'rx', name: 'To the source', colour: 'series-2', values: rx_bits_per_second },
  ];
}
