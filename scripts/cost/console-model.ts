import { learnParts, type Parts, times, type UsageByFunction, usageBy } from './learnt-parts.ts';
import { leastSquares } from './least-squares.ts';
import { measuredShape } from './measured-shape.ts';
import type { NetworkShape } from './network-shape.ts';
import type { MeasuredUnits, SimulatedUsage } from './units.ts';

/** The use of one open console an hour. */
export interface ConsoleHour {
  /**
   * By function: the one that answers it (`console`) and the one that publishes figures to it
   * (`figures`).
   */
  usage: UsageByFunction;
  requests: number;
  answer_bytes: number;
  /** Mutations that publish to it, and messages that it gets. */
  publications: number;
  messages: number;
}

const HOUR_MINUTES = 60;

export interface ConsoleModelOptions {
  /** Measured networks; the last one had a console open for an hour. */
  networks: readonly [...SimulatedUsage[], MeasuredUnits['console']];
  /** The units to read all lanes. */
  pagesOf(shape: NetworkShape): number;
}

/** Estimates an hour of an open console in any network from measured networks. */
export function consoleModel({
  networks,
  pagesOf,
}: ConsoleModelOptions): (shape: NetworkShape) => ConsoleHour {
  const hour = (networks.at(-1) as MeasuredUnits['console']).console;
  const measured = networks.flatMap(one =>
    one.console ? [{ shape: measuredShape(one), console: one.console }] : [],
  );
  const partsOf = (
    shape: NetworkShape,
    { minutes, history_minutes }: { minutes: number; history_minutes: number },
  ): Record<string, Parts> => {
    const { policies } = shape;
    const openings = 1 / minutes;
    const history = policies * history_minutes;
    return {
      console: { openings, minutes: 1, pages: pagesOf(shape), policies, history },
      figures: { minutes: 1, policies },
    };
  };
  const learnt = learnParts(
    measured.map(({ shape, console }) => ({
      functions: console.functions,
      minutes: console.minutes,
      parts: partsOf(shape, console),
    })),
  );
  // The more policies, the more 5 KB units of AppSync a publication has.
  const [of_any, of_policies] = leastSquares(
    measured.map(({ shape: { policies }, console: { publications, minutes } }) => ({
      parts: [1, policies],
      used: publications.to_consoles / minutes,
    })),
  ) as [number, number];
  const an_hour = HOUR_MINUTES / hour.minutes;
  return shape => {
    const usage = usageBy(learnt, partsOf(shape, { minutes: HOUR_MINUTES, history_minutes: HOUR_MINUTES }));
    return {
      usage: new Map([...usage].map(([name, used]) => [name, times(used, HOUR_MINUTES)])),
      requests: hour.requests * an_hour,
      answer_bytes: hour.answer_bytes,
      publications: hour.publications.requests * an_hour,
      messages: (of_any + of_policies * shape.policies) * HOUR_MINUTES,
    };
  };
}
