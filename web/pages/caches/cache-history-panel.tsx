import { useMemo, useState } from 'react';
import { useTimeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Chart } from '../../parts/chart/chart.tsx';
import { percent, UNKNOWN } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { cacheWord } from './cache-word.ts';
import { CACHE_HISTORY } from './operations.ts';

const KEPT_MS = 7 * 86_400_000;

const RATE = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });

const FIGURES = {
  hit_rate: {
    title: 'Hit rate',
    format: (value: number | null) => percent(value === null ? null : value * 100),
  },
  lookups_per_second: {
    title: 'Look-ups',
    format: (value: number | null) => (value === null ? UNKNOWN : `${RATE.format(value)} /s`),
  },
} as const;

type FigureName = keyof typeof FIGURES;

/** The hit rate and look-ups of the caches over the page's range; seven days are kept. */
export function CacheHistoryPanel() {
  const range = useTimeRange();
  const [shown, setShown] = useState<FigureName>('hit_rate');
  const to = range.to;
  const from = new Date(Math.max(Date.parse(range.from), Date.parse(to) - KEPT_MS)).toISOString();
  const answer = useAnswer(CACHE_HISTORY, { from, to }, { keepPrevious: true });
  const history = answer.data?.data.cacheHistory;
  const begin = Date.parse(from) / 1000;
  const intervals = useMemo(
    () =>
      history && {
        from: begin,
        at: history.at.map(at => Date.parse(at) / 1000),
        completeness: history.at.map(() => null),
        gaps: history.at.map(() => false),
        resets: history.at.map(() => false),
      },
    [history, begin],
  );
  const { title, format } = FIGURES[shown];
  const tabs = Object.entries(FIGURES).map(([id, figure]) => ({ id, title: figure.title }));
  const choice = (
    <Tabs label="Figure" tabs={tabs} chosen={shown} onChoose={id => setShown(id as FigureName)} />
  );
  return (
    <Panel title="Over time" actions={choice}>
      <Loaded data={history} error={answer.error} onRetry={() => void answer.refetch()}>
        {({ at, caches }) =>
          at.length === 0 || !intervals ? (
            <Empty>
              There are no measurements in this range yet: the caches are measured every five minutes.
            </Empty>
          ) : (
            <Chart
              label={title}
              intervals={intervals}
              range={{ from: begin, to: Date.parse(to) / 1000 }}
              series={caches
                .filter(({ name }) => name !== 'total')
                .map((cache, index) => ({
                  id: cache.name,
                  name: cacheWord(cache.name),
                  colour: `series-${index + 1}`,
                  values: cache[shown],
                }))}
              format={format}
              height={200}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
