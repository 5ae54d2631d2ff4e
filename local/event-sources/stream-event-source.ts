import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { LambdaFunction } from '../lambda/lambda-function.ts';
import { type Checkpoints, SHARD_END } from './checkpoints.ts';
import { batchCollector } from './collect-batch.ts';
import { failedBatchMessage } from './failed-batch.ts';
import { makeFilter } from './filter-criteria.ts';
import { processBatch, type RetryRules } from './process-batch.ts';
import type { Shard, ShardPosition, ShardReader, ShardSource } from './shard-source.ts';

/**
 * Pause between two checks for new shards, and between two empty reads. Lambda waits a second for
 * the latter.
 */
const DISCOVERY_MS = 1000;
const POLL_MS = 250;
const AFTER_ERROR_MS = 1000;

/** The properties of an event source mapping that define how a stream is read. */
export interface EventSourceMapping extends RetryRules {
  StartingPosition: 'TRIM_HORIZON' | 'LATEST';
  BatchSize: number;
  MaximumBatchingWindowInSeconds: number;
  FilterCriteria?: { Filters: { Pattern: string }[] } | undefined;
}

export interface StreamEventSourceOptions {
  mapping: EventSourceMapping;
  source: ShardSource;
  target: Pick<LambdaFunction, 'arn' | 'invoke'>;
  checkpoints: Checkpoints;
  /** Called with Lambda's message about each discarded batch. */
  onFailed(message: Record<string, unknown>): Promise<void>;
  /** Called for each failure to read the stream; reading continues. */
  onTrouble(trouble: unknown): void;
  clock: Clock;
  sleep: Sleep;
}

export interface EventSource {
  /** Stops reading, without waiting for batches in progress. */
  stop(): Promise<void>;
}

/**
 * Reads a stream like a Lambda event source mapping: one batch per shard at a time, in order, child
 * shards only after their parents were drained; new shards are discovered.
 */
export function startStreamEventSource(options: StreamEventSourceOptions): EventSource {
  const { mapping, source, checkpoints, onTrouble, sleep } = options;
  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;
  const reading = new Map<string, Promise<void>>();
  const known = new Set<string>();
  let wake = Promise.withResolvers<void>();

  async function discover(): Promise<void> {
    for (let first = true; !stopped(); ) {
      try {
        const shards = await source.listShards();
        for (const shard of shards) {
          if (isReady(shard, shards)) start(shard, first ? mapping.StartingPosition : 'TRIM_HORIZON');
        }
        first = false;
      } catch (cause) {
        if (!stopped()) onTrouble(cause);
      }
      await Promise.race([interruptible(DISCOVERY_MS), wake.promise]);
      wake = Promise.withResolvers();
    }
  }

  function isReady({ id, parents }: Shard, shards: Shard[]): boolean {
    if (known.has(id) || checkpoints.get(id) === SHARD_END) return false;
    return parents.every(
      parent => !shards.some(shard => shard.id === parent) || checkpoints.get(parent) === SHARD_END,
    );
  }

  function start({ id }: Shard, from: 'TRIM_HORIZON' | 'LATEST'): void {
    known.add(id);
    const done = checkpoints.get(id);
    const position: ShardPosition = done === undefined ? from : { after: done };
    reading.set(
      id,
      consume(id, position).finally(() => reading.delete(id)),
    );
  }

  async function consume(shardId: string, position: ShardPosition): Promise<void> {
    const filter = makeFilter(mapping.FilterCriteria?.Filters ?? []);
    const collect = batchCollector({
      reader: patient(source.openShard(shardId, position)),
      batchSize: mapping.BatchSize,
      windowMs: mapping.MaximumBatchingWindowInSeconds * 1000,
      pollMs: POLL_MS,
      clock: options.clock,
      sleep: interruptible,
      stopped,
    });
    while (!stopped()) {
      const { records, ended } = await collect();
      const wanted = records.filter(({ event }) => filter(event));
      if (wanted.length > 0) await processBatch(wanted, batchContext(shardId));
      if (stopped()) return;
      const last = records.at(-1);
      if (last && last !== wanted.at(-1)) await checkpoints.set(shardId, last.sequenceNumber);
      if (!ended) continue;
      await checkpoints.set(shardId, SHARD_END);
      wake.resolve();
      return;
    }
  }

  function batchContext(shardId: string) {
    const { target, clock } = options;
    return {
      rules: mapping,
      invoke: (event: unknown) => target.invoke(event),
      checkpoint: (sequenceNumber: string) => checkpoints.set(shardId, sequenceNumber),
      discard: (failed: Parameters<typeof failedBatchMessage>[0]) =>
        options.onFailed(
          failedBatchMessage(failed, { source, shardId, functionArn: target.arn, now: clock() }),
        ),
      clock,
      sleep: interruptible,
      stopped,
    };
  }

  /** Continues reading after failures: the stream may be busy or restarting. */
  function patient(reader: ShardReader): ShardReader {
    return {
      async read(limit) {
        try {
          return await reader.read(limit);
        } catch (cause) {
          if (!stopped()) onTrouble(cause);
          await interruptible(AFTER_ERROR_MS);
          return { records: [], ended: false };
        }
      },
    };
  }

  /** What ends the pauses under way. */
  const pauses = new Set<() => void>();

  /**
   * A pause that ends early when reading stops, and is forgotten at its end: a race with a promise
   * that stays open would be kept by that promise.
   */
  function interruptible(ms: number): Promise<void> {
    if (stopped()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        pauses.delete(end);
        resolve();
      };
      pauses.add(end);
      sleep(ms).then(end, reject);
    });
  }

  const discovering = discover();
  return {
    async stop() {
      stopping.abort();
      for (const end of pauses) end();
      await Promise.allSettled([discovering, ...reading.values()]);
    },
  };
}
