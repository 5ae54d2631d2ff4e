import type { FigureMemory } from '../../core/live/read-figures.ts';
import type { Call } from './resolver.ts';

/** Live figures that this container keeps between calls, by its caches. */
const memories = new WeakMap<Call['caches'], FigureMemory>();

export function figureMemoryOf({ caches, silent_after_s }: Call): FigureMemory {
  const memory = memories.get(caches) ?? { caches, silent_after_s };
  memories.set(caches, memory);
  return memory;
}
