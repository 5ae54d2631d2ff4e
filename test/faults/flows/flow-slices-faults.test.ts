import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { FlowObjects } from '../../../core/flows/flow-objects.ts';
import { type HourSlice, SLICES } from '../../../core/flows/hour-slices.ts';
import { parseObjectKey } from '../../../core/flows/object-key.ts';
import type { SliceResult } from '../../../core/flows/run-slice.ts';
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
} from '../../support/flow-world.ts';
import { T0 } from '../../support/report-records.ts';

/** The run is killed at every n-th of its calls. */
const STEP = callStep(9);

const reports = arrivedReports();
const flows = expectedFlows(reports);

/** Time for some twenty runs that are killed, on a busy machine. */
const KILLS_MS = 240_000;

let world: FlowWorld | undefined;
beforeEach(async () => {
  await world?.close();
  world = await makeFlowWorld();
  world.now = T0 + 2 * HOUR + 600_000;
});
afterAll(() => world?.close());

/** A run of the job with every hour treated as large, and the slices for which it started runs. */
async function runInSlices({ objects }: { objects?: FlowObjects } = {}) {
  const begun: HourSlice[] = [];
  const slices = { from_bytes: 0, begin: async (slice: HourSlice) => void begun.push(slice) };
  const result = await world!.run({ slices, ...(objects && { objects }) });
  return { begun, result };
}

async function mergeSide(begun: readonly HourSlice[]): Promise<SliceResult[]> {
  return Promise.all(begun.map(slice => world!.runSlice(slice)));
}

async function expectReadings(expected = flows): Promise<void> {
  const told = await world!.readings(['read', 'pages of 7', 'duckdb']);
  expect(told).toEqual({ read: expected, 'pages of 7': expected, duckdb: expected });
}

const generations = async () =>
  new Set((await world!.bucket.keys('flows/')).map(key => parseObjectKey(key)!.generation));

describe('a large hour', () => {
  it('is merged by concurrent runs on its slices, which keep each flow once', async () => {
    await world!.write(reports, [1]);
    const { begun, result } = await runInSlices();
    expect(begun).toEqual([
      { hour: T0, slice: 34 },
      { hour: T0, slice: 35 },
      { hour: T0 + HOUR, slice: 0 },
      { hour: T0 + HOUR, slice: 1 },
    ]);
    expect(result).toMatchObject({ slices_begun: 4, merged: 0, complete: false });
    const results = await mergeSide(begun);
    expect(results.map(({ busy, complete }) => ({ busy, complete }))).toEqual(
      begun.map(() => ({ busy: false, complete: true })),
    );
    expect(results.reduce((sum, { merged }) => sum + merged, 0)).toBe(reports.length);
    expect(await world!.bucket.keys('flows/')).toHaveLength(4);
    await expectReadings();
    await expectTidy(world!);
    expect((await runInSlices()).result).toMatchObject({ slices_begun: 0, complete: true });
  });

  it('merges late and repeated flows, each flow once', async () => {
    await world!.write(reports.slice(0, 12), [1]);
    await mergeSide((await runInSlices()).begun);
    await world!.write(reports, [1], 3);
    await mergeSide((await runInSlices()).begun);
    expect(await world!.bucket.keys('flows/')).toHaveLength(4);
    await expectReadings();
    await expectTidy(world!);
  });

  it('is merged by the next run itself if it has become small', async () => {
    await world!.write(reports, [1]);
    const { begun } = await runInSlices();
    await world!.runSlice(begun[2]!);
    expect(await world!.run()).toMatchObject({ slices_begun: 0, complete: true });
    expect(await generations()).not.toContain(0);
    await expectReadings();
    await expectTidy(world!);
  });

  it('runs at most one merge of a slice at a time', async () => {
    await world!.write(reports, [1]);
    const [slice, ...others] = (await runInSlices()).begun as [HourSlice, ...HourSlice[]];
    let busy: SliceResult | undefined;
    let beside: HourSlice[] = [];
    const objects: FlowObjects = {
      ...world!.bucket.objects,
      async put(key, body) {
        busy ??= await world!.runSlice(slice);
        if (beside.length === 0) beside = (await runInSlices()).begun;
        await world!.bucket.objects.put(key, body);
      },
    };
    expect(await world!.runSlice(slice, { objects })).toMatchObject({ busy: false, complete: true });
    expect(busy).toEqual({ busy: true, merged: 0, complete: false });
    expect(beside).toEqual(others);
  });

  it('keeps the index of an object that is about to be written', async () => {
    await world!.write(reports, [1]);
    const { begun } = await runInSlices();
    const objects: FlowObjects = {
      ...world!.bucket.objects,
      async put(key, body) {
        if (key.startsWith('flows/')) await runInSlices();
        await world!.bucket.objects.put(key, body);
      },
    };
    for (const slice of begun) await world!.runSlice(slice, { objects });
    await expectTidy(world!);
  });

  it('never has more runs than slices', async () => {
    const minutes = 3 * 60;
    world!.now = T0 + 5 * HOUR;
    await world!.write(arrivedReports({ minutes, flows: 1 }), [1]);
    const { begun } = await runInSlices();
    expect(begun).toHaveLength(SLICES);
    expect(begun).toEqual(begun.toSorted((a, b) => a.hour - b.hour || a.slice - b.slice));
  });

  it('stops at its deadline, and the next run continues', async () => {
    await world!.write(reports, [1]);
    const { begun } = await runInSlices();
    const cut = await world!.runSlice(begun[0]!, { work_until: world!.now });
    expect(cut).toEqual({ busy: false, merged: 0, complete: false });
    expect((await runInSlices()).begun).toEqual(begun);
    await mergeSide(begun);
    await expectReadings();
  });

  it.each([false, true])(
    'is complete after a run on a slice was killed at any call, beside others (landing: %s)',
    async lands => {
      for (let at = 0, calls = 1; at < calls; at += STEP) {
        await world!.bucket.clear();
        world!.now += 2000;
        await world!.write(reports, [1]);
        const { begun } = await runInSlices();
        const killed = killedAt(world!.bucket.objects, at, lands);
        const [first, ...others] = begun as [HourSlice, ...HourSlice[]];
        const runs = [world!.runSlice(first, { objects: killed }), mergeSide(others)];
        const [outcome] = await Promise.allSettled(runs);
        expect({ at, outcome: outcome!.status }).toEqual({ at, outcome: 'rejected' });
        const { read } = await world!.readings(['read']);
        expect({ at, read }).toEqual({ at, read: flows });
        world!.now += 2000;
        const counting = killedAt(world!.bucket.objects, Number.POSITIVE_INFINITY, lands);
        for (const slice of (await runInSlices()).begun) await world!.runSlice(slice, { objects: counting });
        expect((await runInSlices()).result).toMatchObject({ slices_begun: 0, complete: true });
        expect({ at, read: (await world!.readings(['read'])).read }).toEqual({ at, read: flows });
        await expectTidy(world!);
        if (at === 0) calls = counting.calls;
      }
    },
    KILLS_MS,
  );
});

describe('an erasure in a large hour', () => {
  const left = expectedFlows(reports, { without: HOST });

  it('waits for the slices, and is completed after them', async () => {
    await world!.write(reports, [1]);
    await eraseHost(world!);
    const { begun } = await runInSlices();
    expect(await erasureStates(world!)).toEqual(['RUNNING']);
    await mergeSide(begun);
    expect((await runInSlices()).result).toMatchObject({ erasures_finished: 1, complete: true });
    expect([await isHostStored(world!), await erasureStates(world!)]).toEqual([false, ['DONE']]);
    await expectReadings(left);
  });

  it('removes lines from objects that were merged in slices', async () => {
    await world!.write(reports, [1]);
    await mergeSide((await runInSlices()).begun);
    await eraseHost(world!);
    expect(await isHostStored(world!)).toBe(true);
    expect((await runInSlices()).result).toMatchObject({ erasures_finished: 1, complete: true });
    expect(await isHostStored(world!)).toBe(false);
    await expectReadings(left);
    await expectTidy(world!);
  });

  it('continues within an hour at which the last run was cut off', async () => {
    await world!.write(reports, [1]);
    await mergeSide((await runInSlices()).begun);
    await eraseHost(world!);
    let read: string[] = [];
    const objects: FlowObjects = {
      ...world!.bucket.objects,
      async put(key, body) {
        await world!.bucket.objects.put(key, body);
        world!.now += HOUR;
      },
      async get(key, range) {
        read.push(key);
        return world!.bucket.objects.get(key, range);
      },
    };
    const [first, second] = await world!.bucket.keys('flows/');
    expect((await runInSlices({ objects })).result).toMatchObject({ erasures_finished: 0, complete: false });
    expect(read.some(key => key.includes(keyPart(first!)))).toBe(true);
    read = [];
    expect(
      (await runInSlices({ objects: { ...objects, put: world!.bucket.objects.put } })).result,
    ).toMatchObject({ erasures_finished: 1, complete: true });
    expect(read.some(key => key.includes(keyPart(first!)))).toBe(false);
    expect(read.some(key => key.includes(keyPart(second!)))).toBe(true);
    expect([await isHostStored(world!), await erasureStates(world!)]).toEqual([false, ['DONE']]);
    await expectReadings(left);

    /** The arrivals in its name. */
    function keyPart(key: string): string {
      return key.split('/').at(-1)!.slice(0, 13);
    }
  });

  it('is not complete while an older run may still write erased lines', async () => {
    await world!.write(reports, [1]);
    const { begun } = await runInSlices();
    const [, ...others] = begun;
    await mergeSide(others);
    let during: string[] | undefined;
    const objects: FlowObjects = {
      ...world!.bucket.objects,
      async put(key, body) {
        if (!during) {
          await eraseHost(world!);
          // This run treats the hour as small, and merges it itself.
          await world!.run();
          during = await erasureStates(world!);
        }
        await world!.bucket.objects.put(key, body);
      },
    };
    await world!.runSlice(begun[0]!, { objects });
    expect(during).toEqual(['RUNNING']);
    await runInSlices();
    expect([await isHostStored(world!), await erasureStates(world!)]).toEqual([false, ['DONE']]);
  });
});
