import { Button } from '../button.tsx';
import { signedPercent, time, utc } from '../format.ts';
import type { ChartSeries } from './chart-series.ts';
import { boundsOfInterval, totalAt, trustWords } from './readout.ts';
import type { TrustedIntervals } from './trust.ts';

export interface ReadoutProps {
  intervals: TrustedIntervals;
  /** The interval whose values are shown. */
  index: number;
  series: readonly ChartSeries[];
  /** Also shows the sum, for stacked series. */
  stacked: boolean;
  format(value: number | null): string;
  exact(value: number | null): string;
}

export interface LegendProps extends ReadoutProps {
  onChoose: ((id: string) => void) | undefined;
}

/** The meaning of each colour, with its value in the interval. */
export function Legend({ intervals, index, series, stacked, format, exact, onChoose }: LegendProps) {
  return (
    <div className="legend">
      <Interval intervals={intervals} index={index} />
      <ul>
        {stacked && (
          <li title={exact(sumOf(series, index))}>
            <b>Total</b>
            <span>{format(sumOf(series, index))}</span>
          </li>
        )}
        {series.map(({ id, name, colour, dashed, isRest, values }) => (
          <li key={id} title={exact(values[index] ?? null)}>
            <Swatch colour={colour} dashed={dashed} />
            {onChoose && !dashed && !isRest ? (
              <Button kind="link" aria-label={`Only ${name}`} onPress={() => onChoose(id)}>
                <bdi className="clip">{name}</bdi>
              </Button>
            ) : (
              <bdi className="clip" title={name}>
                {name}
              </bdi>
            )}
            <span>{format(values[index] ?? null)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/**
 * The exact values of the interval under the pointer. The legend has the same for people without a
 * pointer.
 */
export function Tooltip({ intervals, index, series, stacked, exact, left, width }: ReadoutProps & Place) {
  const side = left < width / 2 ? { left: left + 16 } : { right: width - left + 16 };
  const total = sumOf(series, index);
  const before = series.find(({ dashed }) => dashed)?.values[index] ?? null;
  const trust = trustWords(intervals, index);
  return (
    <div className="chart-tooltip" style={side} aria-hidden>
      <Interval intervals={intervals} index={index} />
      {trust !== undefined && <p className="chart-trust">{trust}</p>}
      <table>
        <tbody>
          {/* As they lie on each other. */}
          {(stacked ? series.toReversed() : series).map(({ id, name, colour, dashed, values }) => (
            <tr key={id}>
              <td>
                <Swatch colour={colour} dashed={dashed} />
              </td>
              <th scope="row">
                <bdi className="clip">{name}</bdi>
              </th>
              <td>{exact(values[index] ?? null)}</td>
            </tr>
          ))}
          {stacked && (
            <tr className="chart-total">
              <td />
              <th scope="row">Total</th>
              <td>{exact(total)}</td>
            </tr>
          )}
          {before !== null && total !== null && before > 0 && (
            <tr>
              <td />
              <th scope="row">Compared with the previous period</th>
              <td>{signedPercent((total / before - 1) * 100)}</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

interface Place {
  /** The position of the pointer and the width of the figure, in pixels. */
  left: number;
  width: number;
}

function Interval({ intervals, index }: Pick<ReadoutProps, 'intervals' | 'index'>) {
  const [from, to] = boundsOfInterval(intervals, index);
  return (
    <span className="muted" title={`${utc(from * 1000)} to ${utc(to * 1000)}`}>
      {time(from * 1000)} – {time(to * 1000)}
    </span>
  );
}

function Swatch({ colour, dashed }: { colour: string; dashed: boolean | undefined }) {
  return <span className={dashed ? 'swatch swatch-dashed' : `swatch swatch-${colour}`} />;
}

const sumOf = (series: readonly ChartSeries[], index: number) =>
  totalAt(
    series.filter(({ dashed }) => !dashed).map(({ values }) => values),
    index,
  );
