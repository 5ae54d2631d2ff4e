import type { Recorder } from '../../core/recorder/recorder.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { InputNotes } from '../counting/input-notes.ts';
import type { InputProblem, TrafficCounter } from '../counting/traffic-counter.ts';
import { EdgeError } from '../edge-error.ts';
import { type JsonRecord, JsonRecords } from './json-records.ts';
import { type ExportedFlow, InexactCount, type ReadRecord, RecordProblem } from './record-fields.ts';
import { parseExactly } from './record-json.ts';

export interface FlowRecordCounterOptions {
  recorder: Recorder;
  read: ReadRecord;
  interval_ms: number;
  /** Hears of a record that can't be counted. */
  onProblem: (problem: InputProblem) => void;
  notes?: InputNotes;
  clock?: Clock;
}

/** How nfdump's own formats begin: a table for people, and CSV of version 1.6 and 1.7. */
const NFDUMP_TEXT = /^(?:ts,te,td,|firstSeen,|Date first seen|Event time {2,}Event)/;

/** Counts the JSON of a flow exporter. */
export class FlowRecordCounter implements TrafficCounter {
  readonly #options: FlowRecordCounterOptions & { clock: Clock; notes: InputNotes };
  readonly #records = new JsonRecords();
  #end_ms = Number.NaN;
  #isEmpty = true;
  skipped = 0;
  first_ms: number | undefined;
  last_ms: number | undefined;

  constructor(options: FlowRecordCounterOptions) {
    this.#options = { clock: systemClock, notes: new InputNotes(), ...options };
  }

  /** @throws EdgeError for text or CSV of nfdump */
  *feed(chunk: Buffer): Generator<{ interval_end_ms: number }> {
    for (const record of this.#records.feed(chunk)) yield* this.#count(record);
  }

  end(): void {
    for (const record of this.#records.end()) for (const _ of this.#count(record));
    if (this.#isEmpty) this.#options.notes.add('empty_input');
  }

  *#count(record: JsonRecord): Generator<{ interval_end_ms: number }> {
    if (record.problem !== undefined) {
      this.#refuse(record);
      return;
    }
    this.#isEmpty = false;
    try {
      const flows = this.#read(record);
      if (!flows) this.skipped++;
      for (const { flow, counts } of flows ?? []) {
        yield* this.#passTime(counts);
        this.#options.recorder.recordFlow(flow, counts);
      }
    } catch (cause) {
      if (!(cause instanceof RecordProblem)) throw cause;
      this.#options.onProblem({ line: record.line, message: cause.message, kind: cause.kind });
    }
  }

  #read({
    value,
    text,
  }: {
    value: Record<string, unknown>;
    text: string;
  }): readonly ExportedFlow[] | undefined {
    const { read, clock } = this.#options;
    try {
      return read(value, clock());
    } catch (cause) {
      if (!(cause instanceof InexactCount)) throw cause;
      return read(parseExactly(text), clock());
    }
  }

  #refuse({ line, problem, found }: { line: number; problem: string; found?: string }): void {
    if (this.#isEmpty && found !== undefined && NFDUMP_TEXT.test(found)) {
      throw new EdgeError(
        `Line ${line} is nfdump's CSV or table, which leaves fields out: give nfdump the option -o json.`,
      );
    }
    this.#isEmpty = false;
    this.#options.onProblem({ line, message: problem, kind: problem });
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
