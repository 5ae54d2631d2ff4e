import type { Spool, SpoolEntry } from './spool.ts';

/** A spool for edges whose counts may be lost with the process: simulated edges and tests. */
export function memorySpool(): Spool {
  const slots = new Map<number, SpoolEntry>();
  return {
    async list() {
      return new Map([...slots].sort(([a], [b]) => a - b));
    },
    async write(slot, entry) {
      slots.set(slot, entry);
    },
    async remove(slot) {
      slots.delete(slot);
    },
    async close() {},
  };
}
