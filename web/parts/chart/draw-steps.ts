import type uPlot from 'uplot';
import { boundsOfInterval } from './readout.ts';
import type { TrustedIntervals } from './trust.ts';

/**
 * Draws a value over its whole interval, also next to a gap: a line between two instants would
 * leave out the interval after a gap. `intervals` are the intervals of the data.
 */
export function steps(intervals: () => TrustedIntervals): uPlot.Series.PathBuilder {
  return (plot, series, first, last) => {
    const stroke = new Path2D();
    const fill = new Path2D();
    const ground = plot.valToPos(0, 'y', true);
    const values = plot.data[series] as (number | null)[];
    let joins = false;
    for (let index = first; index <= last; index++) {
      const value = values[index] ?? null;
      if (value !== null) {
        const [left, right] = boundsOfInterval(intervals(), index).map(at => plot.valToPos(at, 'x', true));
        const top = plot.valToPos(value, 'y', true);
        if (joins) stroke.lineTo(left!, top);
        else stroke.moveTo(left!, top);
        stroke.lineTo(right!, top);
        fill.rect(left!, top, right! - left!, ground - top);
      }
      joins = value !== null;
    }
    return { stroke, fill };
  };
}
