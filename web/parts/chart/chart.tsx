import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { Button } from '../button.tsx';
import { tick, utc } from '../format.ts';
import { Loading } from '../panel.tsx';
import type { ChartSeries } from './chart-series.ts';
import { steps } from './draw-steps.ts';
import { drawResets, drawTrust } from './draw-trust.ts';
import { Legend, Tooltip } from './legend.tsx';
import { intervalAt, lastRead } from './readout.ts';
import { heardWords, resetsAt, stack, type TrustedIntervals, trustBands } from './trust.ts';
import { useThemeColours } from './use-theme-colours.ts';
import './chart.css';

// Loaded when the table is opened.
const ChartTable = lazy(async () => ({ default: (await import('./chart-table.tsx')).ChartTable }));

export interface ChartProps {
  label: string;
  intervals: TrustedIntervals;
  series: readonly ChartSeries[];
  /** Formats a value with its unit, short. */
  format(value: number | null): string;
  /** Formats the exact value, for hover; default: `format`. */
  exact?(value: number | null): string;
  /** The visible range, in seconds; default: that of the intervals. */
  range?: { from: number; to: number };
  /** Stacks the series, the first at the bottom; dashed ones are not stacked. */
  stacked?: boolean;
  height?: number;
  /** Called with the range, in milliseconds, that was drawn with the pointer. */
  onZoom?(from: number, to: number): void;
  /**
   * Called with the id of a series whose name in the legend is pressed; left out: names are not
   * buttons.
   */
  onChoose?(id: string): void;
}

/** Seconds between two marks of the time axis: whole minutes, hours and days. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  minutes => minutes * 60,
);

/** The maximum of the value axis without data. */
const NO_SCALE = 1e-9;

/**
 * A chart over time. Incomplete intervals are shaded by the missing share, gaps are hatched and
 * have no line, resets are marked; a list has the same for screen readers.
 */
export function Chart(props: ChartProps) {
  const {
    label,
    intervals,
    series,
    format,
    exact = format,
    range,
    stacked = false,
    height = 240,
    onZoom,
    onChoose,
  } = props;
  const box = useRef<HTMLDivElement>(null);
  const colours = useThemeColours(box);
  const [hovered, setHovered] = useState<Hovered>();
  const [asTable, setAsTable] = useState(false);
  const shape = series.map(({ id, colour, dashed }) => `${id} ${colour} ${dashed}`).join('\n');

  const data = useMemo(() => {
    const plain = series.filter(({ dashed }) => dashed);
    const laid = series.filter(({ dashed }) => !dashed);
    const columns = stacked ? stack(laid.map(({ values }) => values)) : laid.map(({ values }) => [...values]);
    // The highest series is drawn first, so that the others are on top.
    if (stacked) columns.reverse();
    return [[...intervals.at], ...columns, ...plain.map(({ values }) => [...values])] as uPlot.AlignedData;
  }, [intervals, series, stacked]);

  const plot = useRef<uPlot>(null);
  const trust = useRef(intervals);
  trust.current = intervals;
  const shownRange = useRef<[number, number]>(undefined);
  shownRange.current = range && [range.from, range.to];
  const zoom = useRef(onZoom);
  zoom.current = onZoom;

  // biome-ignore lint/correctness/useExhaustiveDependencies: new data is set below; a new shape or theme needs a new plot
  useEffect(() => {
    if (!box.current || !colours) return;
    const laid = series.filter(({ dashed }) => !dashed);
    const drawn = [...(stacked ? laid.toReversed() : laid), ...series.filter(({ dashed }) => dashed)];
    const made = new uPlot(
      {
        width: box.current.clientWidth,
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
        padding: [8, 20, 0, 0],
        scales: {
          x: { range: (_plot, min, max) => shownRange.current ?? [min, max] },
          y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : NO_SCALE] },
        },
        axes: [
          {
            stroke: colours.muted,
            size: 32,
            grid: { show: false },
            ticks: { stroke: colours.line, width: 1 },
            incrs: TIME_STEPS,
            values: (_plot, instants, _axis, _space, step) => instants.map(at => tick(at * 1000, step)),
          },
          {
            stroke: colours.muted,
            size: 80,
            grid: { stroke: colours.line, width: 1 },
            ticks: { show: false },
            // Without a measurement there is no scale.
            values: (plot, values) =>
              values.map(value => (plot.scales.y!.max === NO_SCALE ? '' : format(value))),
          },
        ],
        series: [
          {},
          ...drawn.map(({ name, colour, dashed }) => ({
            label: name,
            stroke: colours.series(colour),
            width: 1.5,
            ...(dashed
              ? { dash: [4, 4] }
              : { fill: stacked ? colours.series(colour) : colours.soft(colour) }),
            spanGaps: false,
            points: { show: false },
            paths: steps(() => trust.current),
          })),
        ],
        hooks: {
          drawClear: [u => drawTrust(u, trustBands(trust.current), colours)],
          draw: [u => drawResets(u, resetsAt(trust.current), colours)],
          setCursor: [u => setHovered(hoveredOn(u, trust.current))],
          setSelect: [
            u => {
              if (u.select.width < 8) return;
              zoom.current?.(
                u.posToVal(u.select.left, 'x') * 1000,
                u.posToVal(u.select.left + u.select.width, 'x') * 1000,
              );
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      data,
      box.current,
    );
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry!.contentRect.width);
      if (width > 0 && width !== made.width) made.setSize({ width, height });
    });
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, colours, stacked, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the range is read by the scale when data are set
  useEffect(() => plot.current?.setData(data), [data, range?.from, range?.to]);

  const readout = { intervals, series, stacked, format, exact };
  const pointed = hovered && hovered.index < intervals.at.length ? hovered : undefined;
  return (
    <figure className="chart">
      <div
        className="chart-plot"
        ref={box}
        role="img"
        aria-label={`${label}: ${series.map(({ name }) => name).join(', ')}`}
      />
      <figcaption>
        <TrustList intervals={intervals} />
        {intervals.at.length > 0 && (
          <>
            <Legend {...readout} index={pointed?.index ?? lastRead(intervals)} onChoose={onChoose} />
            <Button kind="quiet" onPress={() => setAsTable(!asTable)}>
              {asTable ? 'Hide the table' : 'Show as table'}
            </Button>
            {asTable && (
              <Suspense fallback={<Loading />}>
                <ChartTable label={label} {...readout} />
              </Suspense>
            )}
          </>
        )}
      </figcaption>
      {pointed && <Tooltip {...readout} {...pointed} />}
    </figure>
  );
}

interface Hovered {
  index: number;
  /** The position of the pointer in the figure, and the figure's width, in pixels. */
  left: number;
  width: number;
}

/** The interval under the pointer; undefined: there is none. */
function hoveredOn(plot: uPlot, intervals: TrustedIntervals): Hovered | undefined {
  const { left = -1 } = plot.cursor;
  const index = left < 0 ? undefined : intervalAt(intervals, plot.posToVal(left, 'x'));
  return index === undefined ? undefined : { index, left: left + plot.over.offsetLeft, width: plot.width };
}

function TrustList({ intervals }: { intervals: TrustedIntervals }) {
  const bands = trustBands(intervals);
  const resets = resetsAt(intervals);
  if (bands.length + resets.length === 0) return null;
  return (
    <ul className="visually-hidden" aria-label="Completeness of the figures">
      {bands.map(({ kind, from, to, share }) => (
        <li key={from} data-kind={kind} data-from={from} data-to={to}>
          {`${utc(from * 1000)} to ${utc(to * 1000)}: ${
            kind === 'gap' ? 'no measurement' : heardWords(share ?? 0)
          }`}
        </li>
      ))}
      {resets.map(at => (
        <li key={`reset ${at}`} data-kind="reset" data-from={at}>{`${utc(at * 1000)}: counters reset`}</li>
      ))}
    </ul>
  );
}
