import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ErasedAddresses } from '../../../core/flows/erased-addresses.ts';
import { mergeObjects } from '../../../core/flows/merge-objects.ts';
import { parseObjectKey } from '../../../core/flows/object-key.ts';
import { listHour } from '../../../core/flows/read-hour.ts';
import { callStep } from '../../support/call-step.ts';
import {
  arrivedReports,
  eraseHost,
  erasureStates,
  expectedFlows,
  expectTidy,
  type FlowWorld,
  HOST,
  HOUR,
  isHostStored,
  killedAt,
  makeFlowWorld,
  pages,
} from '../../support/flow-world.ts';
import { T0 } from '../../support/report-records.ts';

/** The run is killed at every n-th of its calls. */
const STEP = callStep(9);

const reports = arrivedReports();

/** Time for some twenty runs that are killed, on a busy machine. */
const KILLS_MS = 240_000;

let world: FlowWorld;
beforeAll(async () => {
  world = await makeFlowWorld();
});
beforeEach(() => {
  world.now = T0 + 2 * HOUR + 600_000;
});
afterEach(() => world.bucket.clear());
afterAll(() => world.close());

/** Every reader returns these flows, each once. */
async function expectReadings(flows: readonly string[]): Promise<void> {
  for (const [reader, told] of Object.entries(await world.readings())) {
    expect({ reader, told }).toEqual({ reader, told: flows });
  }
}

describe('the flow log, with each flow once for every reader', () => {
  it.each([
    ['one report a batch', [1]],
    ['odd batches', [2, 5, 1]],
    ['one batch', [1000]],
  ])('with any division of the stream: %s', async (_, sizes) => {
    await world.write(reports, sizes);
    await expectReadings(expectedFlows(reports));
    await world.run();
    await expectReadings(expectedFlows(reports));
    await expectTidy(world);
  });

  it('with three divisions at once, and a replay after the merge', async () => {
    for (const [shard, sizes] of [[1], [2, 5, 1], [1000]].entries()) await world.write(reports, sizes, shard);
    await expectReadings(expectedFlows(reports));
    await world.run();
    const merged = await world.bucket.keys('flows/');
    expect(merged.map(key => parseObjectKey(key)!.hour - T0)).toEqual([0, HOUR]);
    await world.write(reports, [1], 7);
    await expectReadings(expectedFlows(reports));
    await world.run();
    expect(await world.bucket.keys('flows/')).toHaveLength(2);
    await expectReadings(expectedFlows(reports));
    await expectTidy(world);
  });

  it('with objects that arrive after the merge of their hour', async () => {
    await world.write(reports.slice(0, 12), [1]);
    await world.run();
    await world.write(reports.slice(12), [1]);
    await expectReadings(expectedFlows(reports));
    await world.run();
    await expectReadings(expectedFlows(reports));
    await expectTidy(world);
  });

  it.each([false, true])(
    'with a merge that is killed at any call (landing: %s)',
    async lands => {
      for (let at = 0, calls = 1; at < calls; at += STEP) {
        await world.bucket.clear();
        await world.write(reports, [2]);
        const objects = killedAt(world.bucket.objects, at, lands);
        await expect(world.run({ objects })).rejects.toThrow();
        const { read, duckdb } = await world.readings(['read', 'duckdb']);
        expect({ at, read, duckdb }).toEqual({
          at,
          read: expectedFlows(reports),
          duckdb: expectedFlows(reports),
        });
        world.now += 2000;
        const counting = killedAt(world.bucket.objects, Number.POSITIVE_INFINITY, lands);
        await world.run({ objects: counting });
        expect(await pages(world.store(), 1000)).toEqual(expectedFlows(reports));
        await expectTidy(world);
        // As many calls as an undisturbed run makes.
        if (at === 0) calls = counting.calls;
      }
    },
    KILLS_MS,
  );

  it.each(['with', 'without'])(
    'is not written again if a remaining object contains it, %s its index',
    async index => {
      await world.write(reports, [1000]);
      await world.run();
      const erased = new ErasedAddresses([]);
      const merge = async (hour: number): Promise<void> => {
        const listed = await listHour(world.bucket.objects, hour);
        const [sources, others] = [0, 1].map(round =>
          listed.filter(({ generation }) => (generation > 0 ? 1 : 0) === round),
        ) as [typeof listed, typeof listed];
        await mergeObjects(world.bucket.objects, { sources, others, erased, expired_ms: 0 });
      };
      await merge(T0);
      await merge(T0 + HOUR);
      const merged = await world.bucket.keys('flows/');
      if (index === 'without') await world.bucket.objects.delete(await world.bucket.keys('flow-index/'));
      await world.write(reports, [4], 2);
      await merge(T0);
      await merge(T0 + HOUR);
      expect(await world.bucket.keys('flows/')).toEqual(merged);
      expect((await world.readings(['duckdb'])).duckdb).toEqual(expectedFlows(reports));
    },
  );

  it('while another run works, so that this run does nothing', async () => {
    await world.write(reports, [1]);
    const objects = { ...world.bucket.objects };
    const inner: unknown[] = [];
    objects.put = async (key, body) => {
      inner.push((await world.run()).busy);
      await world.bucket.objects.put(key, body);
    };
    await world.run({ objects });
    expect(inner).toEqual([true, true, true, true]);
    await expectReadings(expectedFlows(reports));
  });

  it('while the objects are merged during the read', async () => {
    await world.write(reports, [1]);
    const store = world.store();
    let merged = false;
    store.objects = {
      ...world.bucket.objects,
      async get(key, range) {
        if (!merged) {
          merged = true;
          await world.run();
        }
        return world.bucket.objects.get(key, range);
      },
    };
    expect(await pages(store, 1000)).toEqual(expectedFlows(reports));
  });
});

describe('an erasure', () => {
  const left = expectedFlows(reports, { without: HOST });

  beforeEach(async () => {
    await world.close();
    world = await makeFlowWorld();
  });
  // An erasure is permanent, so later steps start again.
  afterAll(async () => {
    await world.close();
    world = await makeFlowWorld();
  });

  it('takes effect with its answer, is completed, and is not undone by a replay', async () => {
    await world.write(reports, [1]);
    await world.run();
    expect(await pages(world.store(), 5, HOST)).toHaveLength(12);
    await eraseHost(world);
    const { read, 'pages of 7': paged } = await world.readings();
    expect([read, paged]).toEqual([left, left]);
    expect(await pages(world.store(), 5, HOST)).toEqual([]);
    expect([await isHostStored(world), await erasureStates(world)]).toEqual([true, ['RUNNING']]);
    expect(await world.run()).toMatchObject({ erasures_finished: 1, complete: true });
    expect([await isHostStored(world), await erasureStates(world)]).toEqual([false, ['DONE']]);
    await expectReadings(left);
    await expectTidy(world);
    await world.write(reports, [3], 5);
    expect((await world.readings()).read).toEqual(left);
    await world.run();
    expect(await isHostStored(world)).toBe(false);
    await expectReadings(left);
  });

  it('removes the address from objects that are not merged yet, and keeps later arrivals', async () => {
    world.now = T0 + HOUR + 90_000;
    const before = reports.filter(({ arrived_at_ms }) => arrived_at_ms < world.now);
    const after = reports.filter(({ arrived_at_ms }) => arrived_at_ms >= world.now);
    await world.write(before, [1]);
    await eraseHost(world);
    await world.run();
    expect(await isHostStored(world)).toBe(false);
    await world.write(after, [1]);
    const expected = [...expectedFlows(before, { without: HOST }), ...expectedFlows(after)].sort();
    await expectReadings(expected);
    world.now = T0 + 2 * HOUR + 600_000;
    await world.run();
    await expectReadings(expected);
  });

  it(
    'is completed by the next run after a kill at any call',
    async () => {
      for (let at = 0, calls = 1; at < calls; at += STEP) {
        await world.close();
        world = await makeFlowWorld();
        await world.write(reports, [1]);
        await world.run();
        await eraseHost(world);
        const objects = killedAt(world.bucket.objects, at, true);
        await expect(world.run({ objects })).rejects.toThrow();
        expect(await pages(world.store(), 1000)).toEqual(left);
        world.now += 2000;
        const counting = killedAt(world.bucket.objects, Number.POSITIVE_INFINITY, true);
        await world.run({ objects: counting });
        expect({ at, stored: await isHostStored(world), states: await erasureStates(world) }).toEqual({
          at,
          stored: false,
          states: ['DONE'],
        });
        expect(await pages(world.store(), 1000)).toEqual(left);
        await expectTidy(world);
        if (at === 0) calls = counting.calls;
      }
    },
    KILLS_MS,
  );
});

describe('flows past their retention', () => {
  it('are not returned from that millisecond on, and are deleted with their object when it has no other lines', async () => {
    await world.write(reports, [1]);
    await world.run();
    const [first] = reports;
    const last = reports.at(-1)!;
    world.now = first!.arrived_at_ms + 24 * HOUR - 1;
    expect(await pages(world.store(), 1000)).toEqual(expectedFlows(reports));
    world.now += 1;
    expect(await pages(world.store(), 1000)).toEqual(expectedFlows(reports.slice(1)));
    world.now = last.arrived_at_ms + 24 * HOUR - 1;
    await world.run();
    expect(await pages(world.store(), 1000)).toEqual(expectedFlows([last]));
    world.now += 1001;
    await world.run();
    expect(await world.bucket.keys()).toEqual([]);
  });
});
