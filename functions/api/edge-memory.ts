import { EdgeMemory } from '../../core/routing/edge-memory.ts';
import type { Call } from './resolver.ts';

/** Data for edges that this container keeps between calls, by its caches. */
const memories = new WeakMap<Call['caches'], EdgeMemory>();

export function edgeMemoryOf({ caches }: Call): EdgeMemory {
  const memory = memories.get(caches) ?? new EdgeMemory();
  memories.set(caches, memory);
  return memory;
}
