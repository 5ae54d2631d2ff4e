import type { StoreContext } from '../../core/storage/store-context.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { TestTables } from './tables.ts';

/** A context without a deadline, whose sleeps take no time; `clock` gives the time. */
export function storeContext(
  { client, tables }: Pick<TestTables, 'client' | 'tables'>,
  clock: Clock,
): StoreContext {
  return {
    client,
    tables,
    clock,
    sleep: async () => {},
    random: () => 0,
    deadline: Number.POSITIVE_INFINITY,
  };
}
