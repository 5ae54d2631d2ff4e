import { functionModel, type LearntFrom } from './function-model.ts';
import type { FunctionUsage, SimulatedUsage } from './units.ts';

/** What a simulated network used a minute, beside what the model says of it. */
export interface ComparedUsage {
  name: string;
  measured: number;
  model: number;
  /** Of the model to what was measured; null where nothing was used. */
  ratio: number | null;
}

const KINDS = ['write_units', 'read_units', 'cpu_ms'] as const satisfies (keyof FunctionUsage)[];
const WORDS = { write_units: 'write units', read_units: 'read units', cpu_ms: 'ms of CPU' };

/** By function and kind. */
export function comparedWithModel(
  units: LearntFrom,
  { shape, minutes, functions }: SimulatedUsage,
): ComparedUsage[] {
  const deployed = {
    ...{ retention_hours: 24, encrypted: true, provisioned: false },
    ...{ flow_hours: 24, console_hours: 0 },
  };
  const usage = functionModel(units).usageOf({ ...shape, ...deployed });
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
