import { PutRecordsCommand, type PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import { backoffMs } from '../../core/storage/backoff.ts';
import { type Clock, type Sleep, systemClock, systemSleep } from '../../core/time/clock.ts';
import { SendFailed } from './send-failed.ts';
import { isLastingFailure, reasonOf } from './send-failure.ts';

/** Kinesis's limits on one PutRecords call, partition keys included. */
const MAX_RECORDS = 500;
const MAX_BYTES = 5 * 1024 * 1024;

export interface OutgoingRecord {
  /** The edge id: Kinesis keeps the order of records with the same key. */
  partition_key: string;
  data: Uint8Array;
}

export interface RecordSenderOptions {
  client: { send(command: PutRecordsCommand): Promise<PutRecordsCommandOutput> };
  /** Name or ARN. */
  stream: string;
  /** `send` gives up if no record was accepted for this time. */
  patience_ms?: number;
  /** Called for a failure that will be retried. */
  onTrouble?: (reason: string) => void;
  clock?: Clock;
  sleep?: Sleep;
  random?: () => number;
}

interface Waiting {
  record: OutgoingRecord;
  taken: () => void;
  failed: (cause: SendFailed) => void;
}

/**
 * Puts records on the stream, those of all callers together in as few calls as the limits allow.
 * Only records that Kinesis did not accept are retried, with full jitter. If an answer was lost,
 * the whole call is retried, because the system counts repeated reports once.
 */
export class RecordSender {
  readonly #options: Required<RecordSenderOptions>;
  #waiting: Waiting[] = [];
  #running = false;
  #closed = false;

  constructor(options: RecordSenderOptions) {
    this.#options = {
      patience_ms: 120_000,
      onTrouble: () => {},
      clock: systemClock,
      sleep: systemSleep,
      random: Math.random,
      ...options,
    };
  }

  /**
   * Ends retries at the next failure: no caller waits any longer, and retries keep the process
   * alive.
   */
  close(): void {
    this.#closed = true;
  }

  /** Returns when the stream has accepted all records. @throws SendFailed */
  async send(records: readonly OutgoingRecord[]): Promise<void> {
    const all = records.map(
      record =>
        new Promise<void>((taken, failed) => {
          this.#waiting.push({ record, taken, failed });
        }),
    );
    void this.#run();
    await Promise.all(all);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    // Concurrent callers share a call.
    await Promise.resolve();
    const { clock, sleep, random, patience_ms, onTrouble } = this.#options;
    let attempt = 0;
    let progressAt = clock();
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      const { left, reason, lasting } = await this.#put(batch);
      if (left.length < batch.length) {
        attempt = 0;
        progressAt = clock();
      }
      if (left.length === 0) continue;
      this.#waiting.unshift(...left);
      if (lasting || this.#closed || clock() - progressAt >= patience_ms) {
        this.#giveUp(reason, lasting);
        break;
      }
      onTrouble(reason);
      await sleep(backoffMs(attempt++, { baseMs: 100, capMs: 10_000, random }));
    }
    this.#running = false;
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ record }, index) => {
      bytes += record.data.byteLength + Buffer.byteLength(record.partition_key);
      return index === MAX_RECORDS || (index > 0 && bytes > MAX_BYTES);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  /** Puts a batch. @returns the records that are left, the reason, and whether it is lasting */
  async #put(batch: Waiting[]): Promise<{ left: Waiting[]; reason: string; lasting: boolean }> {
    const { client, stream } = this.#options;
    try {
      const { Records } = await client.send(
        new PutRecordsCommand({
          ...(stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream }),
          Records: batch.map(({ record }) => ({ PartitionKey: record.partition_key, Data: record.data })),
        }),
      );
      const isLeft = (index: number) => !Records?.[index] || Records[index].ErrorCode !== undefined;
      const left = batch.filter((_, index) => isLeft(index));
      for (const [index, { taken }] of batch.entries()) if (!isLeft(index)) taken();
      const refused = Records?.find(record => record.ErrorCode !== undefined);
      return { left, reason: refused?.ErrorCode ?? 'an incomplete answer', lasting: false };
    } catch (cause) {
      return { left: batch, reason: reasonOf(cause), lasting: isLastingFailure(cause) };
    }
  }

  #giveUp(reason: string, lasting: boolean): void {
    const { stream, patience_ms } = this.#options;
    const tried = lasting || this.#closed ? '' : ` for ${Math.round(patience_ms / 1000)} s`;
    const failure = new SendFailed(`The stream ${stream} did not accept the report${tried}: ${reason}.`, {
      lasting,
    });
    for (const { failed } of this.#waiting.splice(0)) failed(failure);
  }
}
