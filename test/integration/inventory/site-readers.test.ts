import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { listPaths } from '../../../core/inventory/paths/read-paths.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { readSite } from '../../../core/inventory/sites/read-site.ts';
import { admin, type Hub, makeHub, type NetworkBed, networkBed } from '../../support/network-bed.ts';
import { pausingClient } from '../../support/pausing-client.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const PATHS = 20;

// The inventory is read in the middle of an operation, and the running deletions only after its
// end: the widest gap.
describe('a reader that an operation overtakes', () => {
  let db: TestTables;
  let bed: NetworkBed;
  let world: Hub;
  beforeAll(async () => {
    db = await createTables();
    bed = networkBed(db);
    world = await makeHub(bed.context, { paths: PATHS, peers: 1 });
  });
  afterAll(() => db.drop());

  /**
   * The peer's paths and the hub as a reader sees them whose first calls came before call `at` of
   * the operation.
   */
  async function readAround(
    operation: typeof deleteSite | typeof restoreSite,
    at: number,
  ): Promise<{ paths: number; hub: boolean } | undefined> {
    const reading: { over?: () => void; done?: Promise<{ paths: number; hub: boolean }> } = {};
    const small = { ...bed.context, max_actions: 16 };
    const client = pausingClient(at, async () => {
      const over = new Promise<void>(resolve => {
        reading.over = resolve;
      });
      let begun = 0;
      const bothBegun = new Promise<void>(resolve => {
        reading.done = read(over, () => {
          if (++begun === 2) resolve();
        });
      });
      await bothBegun;
    });
    await operation({ ...small, client }, admin, { site_id: world.hub.id });
    client.destroy();
    reading.over?.();
    return reading.done;
  }

  async function read(over: Promise<void>, begun: () => void): Promise<{ paths: number; hub: boolean }> {
    // Both readers make two calls for the inventory, then wait before they read the running
    // deletions.
    const reader = () =>
      pausingClient(2, async () => {
        begun();
        await over;
      });
    const [forPaths, forSite] = [reader(), reader()];
    const [{ items }, hub] = await Promise.all([
      listPaths({ ...bed.context, client: forPaths }, { site_id: world.peers[0]!.id, limit: 100 }),
      readSite({ ...bed.context, client: forSite }, world.hub.id),
    ]);
    forPaths.destroy();
    forSite.destroy();
    if (hub) expect(hub.endpoints).toHaveLength(2);
    return { paths: items.length, hub: hub !== undefined };
  }

  it('sees all or nothing of it, at any point', async () => {
    for (let at = 0; ; at++) {
      const deleted = await readAround(deleteSite, at);
      bed.advance(1000);
      const restored = await readAround(restoreSite, at);
      bed.advance(1000);
      if (!deleted && !restored) break;
      for (const seen of [deleted, restored]) if (seen) expect([0, PATHS]).toContain(seen.paths);
      // After the end of a restore it is visible at once, also to a reader that began earlier.
      if (restored) expect(restored).toEqual({ paths: PATHS, hub: true });
      if (deleted) expect(deleted).toEqual({ paths: 0, hub: false });
    }
  });
});
