import './sparkline.css';

const WIDTH = 96;
const HEIGHT = 20;

export interface SparklineProps {
  /** One value an interval; null where there is no reading, where the line has a gap. */
  values: readonly (number | null)[];
  /** What it shows, for those who can't see it. */
  label: string;
}

/**
 * A line without axes, from 0 to its own highest value: the shape of a figure beside the figure
 * itself.
 */
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
