import { backoffMs } from '../../core/storage/backoff.ts';
import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { Invocation } from '../lambda/lambda-function.ts';
import { firstFailedIndex } from './batch-response.ts';
import type { FailedBatch } from './failed-batch.ts';
import type { StreamRecord } from './shard-source.ts';

/** The settings of an event source mapping for failed batches. */
export interface RetryRules {
  BisectBatchOnFunctionError: boolean;
  FunctionResponseTypes: 'ReportBatchItemFailures'[];
  /** -1: without limit. */
  MaximumRecordAgeInSeconds: number;
  /** -1: without limit. */
  MaximumRetryAttempts: number;
}

export interface BatchContext {
  rules: RetryRules;
  /** Calls the function with `{ Records }`. */
  invoke(event: { Records: Record<string, unknown>[] }): Promise<Invocation>;
  /** Everything up to this record is processed or discarded. */
  checkpoint(sequenceNumber: string): Promise<void>;
  /** Called with a discarded batch. */
  discard(batch: FailedBatch): Promise<void>;
  clock: Clock;
  sleep: Sleep;
  /** True if the system is stopping: then nothing is retried. */
  stopped(): boolean;
}

interface Work {
  records: readonly StreamRecord[];
  /** Failed calls with exactly these records. */
  failures: number;
  requestId?: string | undefined;
  threw: boolean;
}

const RETRY_BASE_MS = 200;
const RETRY_CAP_MS = 30_000;

/**
 * Processes a batch like Lambda's stream event sources: after a partial failure it continues from
 * the first failed record; a batch without progress is bisected (if configured; this doesn't count
 * as a retry) or retried with back-off; records that are too old or out of retries go to the
 * on-failure destination. The order of records never changes.
 */
export async function processBatch(records: readonly StreamRecord[], context: BatchContext): Promise<void> {
  const { rules, checkpoint, discard, clock, sleep, stopped } = context;
  const queue: Work[] = [{ records, failures: 0, threw: false }];

  async function finish(done: readonly StreamRecord[]): Promise<void> {
    const last = done.at(-1);
    if (last) await checkpoint(last.sequenceNumber);
  }

  async function giveUp(work: Work, condition: FailedBatch['condition']): Promise<void> {
    const { records, failures, requestId, threw } = work;
    await discard({ condition, records, invokeCount: failures, requestId, threw });
    await finish(work.records);
  }

  /** Discards the records at the front that are too old. @returns whether others are left */
  async function dropOld(work: Work): Promise<boolean> {
    if (rules.MaximumRecordAgeInSeconds < 0) return true;
    const oldest = clock() - rules.MaximumRecordAgeInSeconds * 1000;
    const fresh = work.records.findIndex(({ arrivalMs }) => arrivalMs >= oldest);
    const count = fresh < 0 ? work.records.length : fresh;
    if (count > 0) await giveUp({ ...work, records: work.records.slice(0, count) }, 'RecordAgeExceeded');
    work.records = work.records.slice(count);
    return work.records.length > 0;
  }

  for (let work = queue.shift(); work !== undefined && !stopped(); work = queue.shift()) {
    if (!(await dropOld(work))) continue;
    const outcome = await call(work, context);
    if (stopped()) return;
    if (outcome === 'throttled') {
      queue.unshift(work);
      await sleep(backoffMs(work.failures, { baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS }));
      continue;
    }
    const { failedAt } = outcome;
    if (failedAt === undefined) {
      await finish(work.records);
      continue;
    }
    if (failedAt > 0) {
      await finish(work.records.slice(0, failedAt));
      queue.unshift({ records: work.records.slice(failedAt), failures: 0, threw: false });
      continue;
    }
    Object.assign(work, { requestId: outcome.requestId, threw: outcome.threw });
    if (rules.BisectBatchOnFunctionError && work.records.length > 1) {
      const middle = Math.ceil(work.records.length / 2);
      const { failures, threw } = work;
      queue.unshift(
        { records: work.records.slice(0, middle), failures, threw },
        { records: work.records.slice(middle), failures, threw },
      );
      continue;
    }
    work.failures++;
    if (rules.MaximumRetryAttempts >= 0 && work.failures > rules.MaximumRetryAttempts) {
      await giveUp(work, 'RetryAttemptsExhausted');
      continue;
    }
    queue.unshift(work);
    await sleep(backoffMs(work.failures, { baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS }));
  }
}

interface CallOutcome {
  /** Index of the first unprocessed record; undefined if all are processed. */
  failedAt: number | undefined;
  requestId?: string | undefined;
  threw: boolean;
}

async function call({ records }: Work, { rules, invoke }: BatchContext): Promise<CallOutcome | 'throttled'> {
  try {
    const { requestId, result } = await invoke({ Records: records.map(({ event }) => event) });
    const reports = rules.FunctionResponseTypes.includes('ReportBatchItemFailures');
    return { failedAt: reports ? firstFailedIndex(result, records) : undefined, requestId, threw: false };
  } catch (cause) {
    const { name, requestId } = cause as { name?: string; requestId?: string };
    if (name === 'TooManyRequestsException') return 'throttled';
    return { failedAt: 0, requestId, threw: true };
  }
}
