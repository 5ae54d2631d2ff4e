import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type NetworkBed, networkBed } from './network-bed.ts';
import { createTables, type TestTables } from './tables.ts';

/**
 * Registers hooks: separate tables for the tests of a `describe`, and a new bed for each of them,
 * as `bed`.
 */
export function useNetwork(): { readonly bed: NetworkBed } {
  let db: TestTables;
  let bed: NetworkBed;
  beforeAll(async () => {
    db = await createTables();
  });
  beforeEach(() => {
    bed = networkBed(db);
  });
  afterAll(() => db.drop());
  return {
    get bed() {
      return bed;
    },
  };
}

/** A bed with its own tables, which are dropped after `work`. */
export async function withNetwork<T>(work: (bed: NetworkBed) => Promise<T>): Promise<T> {
  const db = await createTables();
  try {
    return await work(networkBed(db));
  } finally {
    await db.drop();
  }
}
