import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryCheckpoints, SHARD_END } from '../../../local/event-sources/checkpoints.ts';
import { batchCollector } from '../../../local/event-sources/collect-batch.ts';
import type { ShardPosition, ShardSource, StreamRecord } from '../../../local/event-sources/shard-source.ts';
import {
  type EventSource,
  startStreamEventSource,
} from '../../../local/event-sources/stream-event-source.ts';
import { eventSourceMappingSchema } from '../../../local/resources/types/lambda-event-source-mapping.ts';
import { records } from '../../support/local/batches.ts';

// Far more than necessary, for busy machines.
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

describe('a batch', () => {
  /** Reads given portions, one a read, at a clock that only moves by sleeping. */
  function collector(portions: StreamRecord[][], { batchSize = 10, windowMs = 0, ends = true } = {}) {
    let now = 0;
    const reads = [...portions];
    const collect = batchCollector({
      reader: {
        async read() {
          const records = reads.shift() ?? [];
          return { records, ended: ends && reads.length === 0 };
        },
      },
      batchSize,
      windowMs,
      pollMs: 100,
      clock: () => now,
      sleep: async ms => {
        now += ms;
      },
      stopped: () => false,
    });
    return { collect, now: () => now };
  }
  const numbers = ({ records }: { records: StreamRecord[] }) => records.map(({ event }) => event.number);

  it('is delivered at once without a window', async () => {
    const { collect, now } = collector([records(2), records(2, { first: 3 })], { ends: false });
    expect(numbers(await collect())).toEqual([1, 2]);
    expect(now()).toBe(0);
  });

  it('grows until the end of its window, which starts with its first record', async () => {
    const portions = [[], [], records(1), [], records(1, { first: 2 }), ...Array(50).fill([])];
    const { collect, now } = collector(portions, { windowMs: 1000, ends: false });
    expect(numbers(await collect())).toEqual([1, 2]);
    expect(now()).toBe(200 + 1000);
  });

  it('is delivered when it is full, and the other records start the next one', async () => {
    const { collect } = collector([records(7)], { batchSize: 3, windowMs: 60_000 });
    expect(numbers(await collect())).toEqual([1, 2, 3]);
    expect(numbers(await collect())).toEqual([4, 5, 6]);
    expect(await collect()).toEqual({ records: records(1, { first: 7 }), ended: true });
  });

  it('has at most 6 MB, or one larger record', async () => {
    const big = (sequenceNumber: string, bytes: number): StreamRecord => ({
      sequenceNumber,
      arrivalMs: 0,
      event: { data: 'x'.repeat(bytes) },
    });
    const MB = 1024 * 1024;
    const { collect } = collector([[big('1', 3 * MB), big('2', 2.9 * MB), big('3', MB), big('4', 7 * MB)]]);
    const sizes = async () => (await collect()).records.map(({ sequenceNumber }) => sequenceNumber);
    expect([await sizes(), await sizes(), await sizes()]).toEqual([['1', '2'], ['3'], ['4']]);
  });
});

describe('an event source', () => {
  let running: EventSource | undefined;
  afterEach(() => running?.stop());

  interface FakeShard {
    id: string;
    parents?: string[];
    records: StreamRecord[];
    open?: boolean;
  }

  /**
   * Runs over fake shards until every closed one was drained; returns the calls and where reading
   * began.
   */
  async function run(shards: FakeShard[], { mapping = {}, checkpoints = memoryCheckpoints() } = {}) {
    const calls: number[][] = [];
    const positions: Record<string, ShardPosition> = {};
    const source: ShardSource = {
      arn: 'arn:stream',
      batchInfoName: 'KinesisBatchInfo',
      listShards: async () => shards.map(({ id, parents = [] }) => ({ id, parents })),
      openShard(id, position) {
        positions[id] = position;
        const { records, open = false } = shards.find(shard => shard.id === id)!;
        let given = false;
        return {
          async read() {
            if (given) return { records: [], ended: !open };
            given = true;
            return { records, ended: false };
          },
        };
      },
    };
    running = startStreamEventSource({
      mapping: eventSourceMappingSchema.parse({
        EventSourceArn: 'arn:stream',
        FunctionName: 'f',
        StartingPosition: 'TRIM_HORIZON',
        ...mapping,
      }),
      source,
      target: {
        arn: 'arn:f',
        async invoke(event) {
          calls.push((event as { Records: { number: number }[] }).Records.map(({ number }) => number));
          return { requestId: 'r', result: null };
        },
      },
      checkpoints,
      onFailed: async () => {},
      onTrouble: () => {},
      clock: Date.now,
      sleep: () => new Promise(resolve => setImmediate(resolve)),
    });
    const drained = () =>
      shards.every(({ id, open, records }) =>
        open ? records.length === 0 || checkpoints.get(id) !== undefined : checkpoints.get(id) === SHARD_END,
      );
    while (!drained()) await new Promise(resolve => setImmediate(resolve));
    return { calls: calls.flat(), positions, checkpoints };
  }

  it('uses no more memory after long idle times', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const heapMiB = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    let reads = 0;
    running = startStreamEventSource({
      mapping: eventSourceMappingSchema.parse({
        EventSourceArn: 'arn:stream',
        FunctionName: 'f',
        StartingPosition: 'TRIM_HORIZON',
      }),
      source: {
        arn: 'arn:stream',
        batchInfoName: 'KinesisBatchInfo',
        listShards: async () => [{ id: 'empty', parents: [] }],
        openShard: () => ({
          async read() {
            reads += 1;
            return { records: [], ended: false };
          },
        }),
      },
      target: { arn: 'arn:f', invoke: async () => ({ requestId: 'r', result: null }) },
      checkpoints: memoryCheckpoints(),
      onFailed: async () => {},
      onTrouble: () => {},
      clock: Date.now,
      sleep: () => new Promise(resolve => setImmediate(resolve)),
    });
    const untilRead = async (count: number): Promise<void> => {
      while (reads < count) await new Promise(resolve => setImmediate(resolve));
    };
    await untilRead(5000);
    const before = heapMiB();
    await untilRead(55_000);
    // This number of races with one open promise would keep over 15 MiB.
    expect(heapMiB() - before).toBeLessThan(5);
  });

  it('reads child shards only after all their parents', async () => {
    const { calls, positions } = await run(
      [
        { id: 'merged', parents: ['left', 'right'], records: records(1, { first: 9 }), open: true },
        { id: 'right', parents: ['root'], records: records(2, { first: 5 }) },
        { id: 'left', parents: ['root'], records: records(2, { first: 3 }) },
        { id: 'root', parents: ['trimmed long ago'], records: records(2) },
      ],
      { mapping: { StartingPosition: 'LATEST' } },
    );
    expect(calls.slice(0, 2)).toEqual([1, 2]);
    expect(calls.slice(2, 6).sort()).toEqual([3, 4, 5, 6]);
    expect(calls[6]).toBe(9);
    // The first shards begin where the mapping says, their children at their beginning.
    expect(positions).toEqual({
      root: 'LATEST',
      left: 'TRIM_HORIZON',
      right: 'TRIM_HORIZON',
      merged: 'TRIM_HORIZON',
    });
  });

  it('continues at its checkpoints, and skips finished shards', async () => {
    const checkpoints = memoryCheckpoints();
    await checkpoints.set('old', SHARD_END);
    await checkpoints.set('new', '7');
    const { positions } = await run(
      [
        { id: 'old', records: records(2) },
        { id: 'new', parents: ['old'], records: records(1, { first: 8 }), open: true },
      ],
      { checkpoints },
    );
    expect(positions).toEqual({ new: { after: '7' } });
  });

  it('skips records that no filter matches, and stores its position', async () => {
    const { calls, checkpoints } = await run([{ id: 'one', records: records(4), open: true }], {
      mapping: { FilterCriteria: { Filters: [{ Pattern: '{"number":[{"numeric":["<=",2]}]}' }] } },
    });
    expect(calls).toEqual([1, 2]);
    await eventually(() => checkpoints.get('one')).toBe('4');
  });
});
