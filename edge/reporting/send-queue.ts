import type { EncodedReport } from '../../core/report/encode-report.ts';
import type { Report } from '../../core/report/report.ts';
import type { SignRecord } from '../../core/report/sign-record.ts';
import { limitFlows } from '../../core/totals/other-flows.ts';
import type { Spool, SpoolEntry } from '../spool/spool.ts';
import type { OutgoingRecord } from './record-sender.ts';

export interface SendQueueOptions {
  spool: Spool;
  sender: { send(records: readonly OutgoingRecord[]): Promise<void> };
  destination: string;
  /** Signs a record when it is sent; without it, records are sent as stored. */
  sign?: SignRecord;
  onSent?: (report: Report) => void;
}

interface Queued {
  slot: number;
  entry: SpoolEntry;
  /** Unset for reports of an earlier run. */
  report?: Report;
}

/** Sends an edge's reports from the spool to the stream, strictly one after another. */
export class SendQueue {
  readonly #options: SendQueueOptions;
  /**
   * Oldest first. The first one may be in progress; the last one, if it isn't, may still be
   * replaced.
   */
  readonly #queued: Queued[] = [];
  #nextSlot = 1;
  #sending: Promise<void> | undefined;
  /** The last slot that was sent, successfully or not. */
  #tried = 0;
  #failure: unknown;
  /** Writes to the spool are made in the order of the calls. */
  #writes: Promise<unknown> = Promise.resolve();
  /** Number of reports in the spool for other systems. */
  foreignReports = 0;

  private constructor(options: SendQueueOptions) {
    this.#options = options;
  }

  /**
   * Opens a queue that begins with the reports of earlier runs in the spool for this destination.
   */
  static async open(options: SendQueueOptions): Promise<SendQueue> {
    const queue = new SendQueue(options);
    for (const [slot, entry] of await options.spool.list()) {
      queue.#nextSlot = slot + 1;
      if (entry.destination === options.destination) queue.#queued.push({ slot, entry });
      else queue.foreignReports++;
    }
    queue.#send();
    return queue;
  }

  /**
   * Stores a report and sends it after the earlier ones. It replaces the previous report and merges
   * its flows, if that one belongs to the same boot and was never sent.
   */
  add(report: Report, encode: (report: Report) => EncodedReport[], listed_flows: number): Promise<void> {
    const added = this.#writes.then(async () => {
      const replaced = this.#replaceable(report);
      const whole = replaced
        ? { ...report, flows: limitFlows([...report.flows, ...replaced.report.flows], listed_flows) }
        : report;
      const { edge_id, boot_id, seq } = whole;
      const records = encode(whole).map(({ data }) => data);
      const entry = { destination: this.#options.destination, edge_id, boot_id, seq, records };
      const queued = { slot: replaced?.slot ?? this.#nextSlot++, entry, report: whole };
      if (replaced) this.#queued.pop();
      // Not in the queue while it is being written: only stored reports are sent.
      try {
        await this.#options.spool.write(queued.slot, entry);
      } catch (cause) {
        if (replaced) this.#queued.push(replaced);
        throw cause;
      }
      this.#queued.push(queued);
      this.#send();
    });
    this.#writes = added.catch(() => {});
    return added;
  }

  /** Returns when all added reports are sent. @throws the error of sending */
  async settled(): Promise<void> {
    await this.#writes;
    this.#send();
    while (this.#sending) await this.#sending;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #replaceable({ boot_id }: Report): (Queued & { report: Report }) | undefined {
    const last = this.#queued.at(-1);
    if (!last?.report || last.report.boot_id !== boot_id || last.slot === this.#tried) return undefined;
    return last as Queued & { report: Report };
  }

  #send(): void {
    if (this.#sending || this.#queued.length === 0) return;
    this.#failure = undefined;
    this.#sending = this.#drain();
  }

  // Never throws: an error is kept for `settled`, and the next report tries again.
  async #drain(): Promise<void> {
    try {
      for (let first = this.#queued[0]; first; first = this.#queued[0]) await this.#sendOne(first);
    } catch (cause) {
      this.#failure = cause;
    } finally {
      this.#sending = undefined;
    }
  }

  async #sendOne({ slot, entry, report }: Queued): Promise<void> {
    const { sender, spool, sign = async data => data, onSent } = this.#options;
    this.#tried = slot;
    // Reports in the spool are not signed: they are signed with the key at the time of sending.
    const records = await Promise.all(entry.records.map(sign));
    await sender.send(records.map(data => ({ partition_key: entry.edge_id, data })));
    this.#queued.shift();
    await spool.remove(slot);
    if (report) onSent?.(report);
  }
}
