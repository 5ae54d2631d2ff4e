import { leastSquares } from './least-squares.ts';
import type { FunctionUsage } from './units.ts';

/** A figure for each part of a function's work: its use, or its number. */
export type Parts = Record<string, number>;

/** The use of each function a minute, by the network's shape. */
export type UsageByFunction = Map<string, FunctionUsage>;

/** A measured network: the use of its functions, and the number of each part of their work. */
export interface Observed {
  functions: Record<string, FunctionUsage>;
  minutes: number;
  parts: Record<string, Parts>;
}

export type Learnt = ReadonlyMap<string, ReadonlyMap<keyof FunctionUsage, Parts>>;

/** The use of one of each part a minute, by function and kind. */
export function learnParts(observed: readonly Observed[]): Learnt {
  const learnt = new Map<string, Map<keyof FunctionUsage, Parts>>();
  for (const name of new Set(observed.flatMap(({ functions }) => Object.keys(functions)))) {
    const seen = observed.filter(({ functions }) => functions[name]);
    const parts = seen.map(one => one.parts[name] ?? {});
    const names = [...new Set(parts.flatMap(one => Object.keys(one)))];
    const kinds = Object.keys(seen[0]!.functions[name]!) as (keyof FunctionUsage)[];
    const uses = kinds.map((kind): [keyof FunctionUsage, Parts] => {
      const observations = seen.map((one, index) => ({
        parts: names.map(part => parts[index]![part] ?? 0),
        used: one.functions[name]![kind] / one.minutes,
      }));
      const solution = leastSquares(observations);
      return [kind, Object.fromEntries(names.map((part, index) => [part, solution[index]!]))];
    });
    learnt.set(name, new Map(uses));
  }
  return learnt;
}

export function usedByParts(
  learnt: Learnt,
  parts: Record<string, Parts>,
  name: string,
  kind: keyof FunctionUsage,
): Parts {
  const each = learnt.get(name)?.get(kind) ?? {};
  return Object.fromEntries(
    Object.entries(parts[name] ?? {}).map(([part, count]) => [part, count * (each[part] ?? 0)]),
  );
}

export function usageBy(learnt: Learnt, parts: Record<string, Parts>): UsageByFunction {
  const usage = [...learnt].map(([name, kinds]): [string, FunctionUsage] => {
    const uses = [...kinds.keys()].map(kind => [
      kind,
      sum(Object.values(usedByParts(learnt, parts, name, kind))),
    ]);
    return [name, Object.fromEntries(uses) as FunctionUsage];
  });
  return new Map(usage);
}

export function plus(a: FunctionUsage, b: FunctionUsage): FunctionUsage {
  const kinds = Object.keys(a) as (keyof FunctionUsage)[];
  return Object.fromEntries(kinds.map(kind => [kind, a[kind] + b[kind]])) as FunctionUsage;
}

export function times(usage: FunctionUsage, factor: number): FunctionUsage {
  const kinds = Object.keys(usage) as (keyof FunctionUsage)[];
  return Object.fromEntries(kinds.map(kind => [kind, usage[kind] * factor])) as FunctionUsage;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
