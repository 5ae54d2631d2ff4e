import { functionModel, type LearntFrom, withGroups } from './function-model.ts';
import { measuredShape } from './measured-shape.ts';
import type { FunctionUsage, SimulatedUsage } from './units.ts';

/** The use of a simulated network a minute, compared with the model. */
export interface ComparedUsage {
  name: string;
  measured: number;
  model: number;
  /** Ratio of model to measurement; null if nothing was used. */
  ratio: number | null;
}

const KINDS = ['write_units', 'read_units', 'cpu_ms'] as const satisfies (keyof FunctionUsage)[];
const WORDS = { write_units: 'write units', read_units: 'read units', cpu_ms: 'ms of CPU' };

/** By function and kind. */
export function comparedWithModel(units: LearntFrom, simulated: SimulatedUsage): ComparedUsage[] {
  const { minutes, functions } = withGroups(simulated);
  const usage = functionModel(units).usageOf(measuredShape(simulated));
  return Object.entries(functions).flatMap(([name, used]) =>
    KINDS.map(kind => {
      const measured = used[kind] / minutes;
      const model = usage.get(name)?.[kind] ?? 0;
      return {
        name: `${name}, ${WORDS[kind]}`,
        measured,
        model,
        ratio: measured === 0 ? null : model / measured,
      };
    }),
  );
}
