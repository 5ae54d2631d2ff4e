import { PutRecordsCommand, type PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import { backoffMs } from '../../core/storage/backoff.ts';
import { type Clock, type Sleep, systemClock, systemSleep } from '../../core/time/clock.ts';
import { SendFailed } from './send-failed.ts';
import { isLastingFailure, reasonOf } from './send-failure.ts';

/** Kinesis's limits on one PutRecords call, partition keys included. */
const MAX_RECORDS = 500;
const MAX_BYTES = 5 * 1024 * 1024;

export interface OutgoingRecord {
  /** The edge id: Kinesis keeps the order of one key. */
  partition_key: string;
  data: Uint8Array;
}

export interface RecordSenderOptions {
  client: { send(command: PutRecordsCommand): Promise<PutRecordsCommandOutput> };
  /** Name or ARN. */
  stream: string;
  /** Without a record taken for so long, `send` gives up. */
  patience_ms?: number;
  /** Hears of a failure that is tried again. */
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
 * Only records that Kinesis did not take are put again, with full jitter; a call whose answer was
 * lost is put again whole, because the system counts a repeated report once.
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
   * Ends trying at the next failure: nobody waits any longer, and trying keeps the process alive.
   */
  close(): void {
    this.#closed = true;
  }

  /** Returns when the stream has all of them. @throws SendFailed */
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
    // Callers of the same moment share a call.
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

  /** Puts a batch and says which of it are left, why, and whether trying again can help. */
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
    const failure = new SendFailed(`The stream ${stream} did not take the report${tried}: ${reason}.`, {
      lasting,
    });
    for (const { failed } of this.#waiting.splice(0)) failed(failure);
  }
}
