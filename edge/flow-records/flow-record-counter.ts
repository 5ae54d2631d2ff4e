import type { Recorder } from '../../core/recorder/recorder.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import type { TrafficCounter } from '../counting/traffic-counter.ts';
import { type JsonRecord, JsonRecords } from './json-records.ts';
import { type ReadRecord, RecordProblem } from './record-fields.ts';

export interface FlowRecordCounterOptions {
  recorder: Recorder;
  read: ReadRecord;
  interval_ms: number;
  /** Hears of a record that can't be counted. */
  onProblem: (problem: { line: number; message: string }) => void;
  clock?: Clock;
}

/** Counts the JSON of a flow exporter. Bytes are layer-3 bytes, as NetFlow and IPFIX export them; they count as given. */
export class FlowRecordCounter implements TrafficCounter {
  readonly #options: FlowRecordCounterOptions & { clock: Clock };
  readonly #records = new JsonRecords();
  #end_ms = Number.NaN;
  skipped = 0;
  first_ms: number | undefined;
  last_ms: number | undefined;

  constructor(options: FlowRecordCounterOptions) {
    this.#options = { clock: systemClock, ...options };
  }

  *feed(chunk: Buffer): Generator<{ interval_end_ms: number }> {
    for (const record of this.#records.feed(chunk)) yield* this.#count(record);
  }

  end(): void {
    for (const record of this.#records.end()) for (const _ of this.#count(record));
  }

  *#count(record: JsonRecord): Generator<{ interval_end_ms: number }> {
    const { recorder, read, onProblem, clock } = this.#options;
    if (record.problem !== undefined) {
      onProblem({ line: record.line, message: record.problem });
      return;
    }
    try {
      const exported = read(record.value, clock());
      if (!exported || exported.counts.packets === 0n) {
        this.skipped++;
        return;
      }
      yield* this.#passTime(exported.counts);
      recorder.recordFlow(exported.flow, exported.counts);
    } catch (cause) {
      if (!(cause instanceof RecordProblem)) throw cause;
      onProblem({ line: record.line, message: cause.message });
    }
  }

  // Records come when flows end, roughly in the order of their ends: the latest end so far is the time.
  *#passTime({
    first_ms,
    last_ms,
  }: {
    first_ms: number;
    last_ms: number;
  }): Generator<{ interval_end_ms: number }> {
    const { interval_ms } = this.#options;
    if (Number.isNaN(this.#end_ms)) this.#end_ms = last_ms + interval_ms;
    if (last_ms >= this.#end_ms) {
      yield { interval_end_ms: this.#end_ms };
      this.#end_ms += interval_ms * (1 + Math.floor((last_ms - this.#end_ms) / interval_ms));
    }
    this.first_ms = Math.min(this.first_ms ?? first_ms, first_ms);
    this.last_ms = Math.max(this.last_ms ?? last_ms, last_ms);
  }
}
