/** One line of a chart. */
export interface ChartSeries {
  id: string;
  name: string;
  /** One value an interval; null where there is no reading. */
  values: readonly (number | null)[];
  /** Name of a colour of the theme, such as `series-1`. */
  colour: string;
  /** Drawn as a dashed line, as the period before. */
  dashed?: boolean;
  /** What the others have together: not something to choose. */
  isRest?: boolean;
}
