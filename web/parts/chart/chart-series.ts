/** One line of a chart. */
export interface ChartSeries {
  id: string;
  name: string;
  /** One value for each interval; null without a measurement. */
  values: readonly (number | null)[];
  /** The name of a theme colour, such as `series-1`. */
  colour: string;
  /** Draws a dashed line, as for the previous period. */
  dashed?: boolean;
  /** The sum of the other groups, which cannot be chosen. */
  isRest?: boolean;
}
