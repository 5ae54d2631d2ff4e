import './sparkline.css';

const WIDTH = 96;
const HEIGHT = 20;

export interface SparklineProps {
  /** One value for each interval; null without a measurement, where the line has a gap. */
  values: readonly (number | null)[];
  /** The label for screen readers. */
  label: string;
}

/** A line without axes, scaled from 0 to its highest value, shown next to a figure. */
export function Sparkline({ values, label }: SparklineProps) {
  const highest = Math.max(0, ...values.map(value => value ?? 0));
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <path d={lineOf(values, highest)} />
    </svg>
  );
}

function lineOf(values: readonly (number | null)[], highest: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  let drawing = false;
  let line = '';
  for (const [index, value] of values.entries()) {
    if (value !== null) {
      const y = HEIGHT - 1 - (highest === 0 ? 0 : (value / highest) * (HEIGHT - 2));
      line += `${drawing ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    }
    drawing = value !== null;
  }
  return line;
}
