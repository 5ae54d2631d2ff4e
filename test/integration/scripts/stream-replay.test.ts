import { SplitShardCommand } from '@aws-sdk/client-kinesis';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readCounters } from '../../../core/ledger/figures/read-counters.ts';
import { EdgeError } from '../../../edge/edge-error.ts';
import type { ReplayEvent } from '../../../functions/ingest/replay-event.ts';
import {
  type ReplayCheckpoint,
  type ReplayOptions,
  replayStream,
} from '../../../scripts/stream/replay-stream.ts';
import { stubFunctionEnvironment } from '../../support/function-environment.ts';
import { type KinesisStream, startKinesisStream } from '../../support/kinesis-stream.ts';
import { NO_RATES } from '../../support/no-rates.ts';
import { reportRecord } from '../../support/report-records.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

const EDGES = 9;
const MIDDLE = '170141183460469231731687303715884105728';
const lambda = {
  getRemainingTimeInMillis: () => 60_000,
  functionName: 'ingest',
  awsRequestId: 'r',
} as Context;

describe('a replay of the stream', () => {
  let db: TestTables;
  let stream: KinesisStream;
  let ingest: ReplayOptions['invoke'];
  let from_ms: number;

  beforeAll(async () => {
    [db, stream] = await Promise.all([createTables(), startKinesisStream()]);
    stubFunctionEnvironment(db, { POWERTOOLS_SERVICE_NAME: 'ingest' });
    const { handler } = await import('../../../functions/ingest/handler.ts');
    ingest = async event => {
      const { batchItemFailures } = await asFunction('ingest', () => handler(event, lambda));
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    };
    from_ms = Date.now() - 60_000;
    // Ingest does not run in the meantime: edges report, the shard is split, edges continue to
    // report.
    await report(1);
    await stream.reshard(client =>
      client.send(
        new SplitShardCommand({
          StreamName: stream.name,
          ShardToSplit: 'shardId-000000000000',
          NewStartingHashKey: MIDDLE,
        }),
      ),
    );
    await report(2);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([db.drop(), stream.stop()]);
  });

  async function report(seq: number): Promise<void> {
    for (let edge = 0; edge < EDGES; edge++) {
      const packets = BigInt(seq * (edge + 1));
      const dead = {
        path_id: `p-${edge}`,
        latency_ms: 1,
        jitter_ms: 1,
        packet_loss_pct: 100,
        bandwidth_mbps: 1,
        measured_at: new Date(seq).toISOString(),
        tx_packets: 1n,
        tx_bytes: 1n,
        rx_packets: 1n,
        rx_bytes: 1n,
      };
      const policies = [{ policy_id: 'default', packets, bytes: packets * 1500n, active_flows: 1 }];
      await stream.put(reportRecord({ edge_id: `edge-${edge}`, seq, sent_ms: seq, policies, paths: [dead] }));
    }
  }

  const options = (given: Partial<ReplayOptions> = {}): ReplayOptions => ({
    kinesis: stream.client,
    stream: stream.name,
    from_ms,
    to_ms: Date.now() + 60_000,
    invoke: ingest,
    pause_ms: 0,
    sleep: async () => {},
    random: () => 0,
    ...given,
  });

  const counted = async () => (await readCounters(db.client, db.tables)).get('default') ?? { packets: 0n };

  const EXPECTED = {
    packets: BigInt(EDGES * (EDGES + 1)),
    bytes: BigInt(EDGES * (EDGES + 1) * 1500),
    estimated_bytes: 0n,
    active_flows: EDGES,
    ...NO_RATES,
  };

  it('replays only records of its period', async () => {
    const invoke = vi.fn(ingest);
    expect(await replayStream(options({ invoke, from_ms: from_ms - 1000, to_ms: from_ms }))).toBe(0);
    expect(invoke).not.toHaveBeenCalled();
  });

  it('can be interrupted after a batch, continues after it, and counts reports that were not counted before', async () => {
    const printed: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      printed.push(String(text));
      return true;
    });
    const consoleSpy = vi.spyOn(console, 'log').mockImplementation(text => void printed.push(String(text)));
    const stop = new AbortController();
    let kept: ReplayCheckpoint = {};
    const first = await replayStream(
      options({
        signal: stop.signal,
        async onCheckpoint(checkpoint) {
          kept = { ...checkpoint };
          stop.abort();
        },
      }),
    );
    expect(first).toBe(EDGES);
    expect(Object.keys(kept)).toEqual(['shardId-000000000000']);

    const progress: number[] = [];
    const rest = await replayStream(
      options({ checkpoint: kept, onProgress: ({ done }) => progress.push(done) }),
    );
    spy.mockRestore();
    consoleSpy.mockRestore();
    expect(rest).toBe(EDGES);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(await counted()).toEqual(EXPECTED);
    expect(printed.filter(line => line.includes('CloudWatchMetrics'))).toEqual([]);
    expect(printed.filter(line => line.includes('A path'))).toEqual([]);
  });

  it('adds nothing when it is repeated', async () => {
    expect(await replayStream(options())).toBe(2 * EDGES);
    expect(await counted()).toEqual(EXPECTED);
  });

  it('repeats from the first record that ingest returned', async () => {
    const events: ReplayEvent[] = [];
    const invoke = async (event: ReplayEvent) => {
      events.push(event);
      return events.length === 1 ? [event.Records[4]!.kinesis.sequenceNumber] : ingest(event);
    };
    expect(await replayStream(options({ invoke }))).toBe(2 * EDGES);
    expect(events[1]!.Records).toEqual(events[0]!.Records.slice(4));
    expect(events[0]!.Records[0]!.eventID).toMatch(/^shardId-000000000000:\d+$/);
  });

  it('ends with the position of a record that ingest does not accept', async () => {
    const invoke = async ({ Records }: ReplayEvent) => Records.map(({ kinesis }) => kinesis.sequenceNumber);
    const failure = await replayStream(options({ invoke })).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(EdgeError);
    expect((failure as Error).message).toMatch(
      /^Ingest does not accept record \d+ of shardId-000000000000: see the log of the ingest function\. Repeat the same command to continue from there\.$/,
    );
  });
});
