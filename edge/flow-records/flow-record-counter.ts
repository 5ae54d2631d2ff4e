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
  /** Called for a record that can't be counted. */
  onProblem: (problem: InputProblem) => void;
  notes?: InputNotes;
  clock?: Clock;
}

/** Beginnings of nfdump's other formats: a table, and CSV of versions 1.6 and 1.7. */
const NFDUMP_TEXT = /^(?:ts,te,td,|firstSeen,|Date first seen|Event time {2,}Event)/;

const NO_FLOWS: readonly ExportedFlow[] = [];

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
    for (const record of this.#records.feed(chunk)) {
      for (const { flow, counts } of this.#flowsOf(record)) {
        const interval_end_ms = this.#passTime(counts);
        if (interval_end_ms !== undefined) yield { interval_end_ms };
        this.#options.recorder.recordFlow(flow, counts);
      }
    }
  }

  end(): void {
    for (const record of this.#records.end()) {
      for (const { flow, counts } of this.#flowsOf(record)) {
        this.#passTime(counts);
        this.#options.recorder.recordFlow(flow, counts);
      }
    }
    if (this.#isEmpty) this.#options.notes.add('empty_input');
  }

  #flowsOf(record: JsonRecord): readonly ExportedFlow[] {
    if (record.problem !== undefined) {
      this.#refuse(record);
      return NO_FLOWS;
    }
    this.#isEmpty = false;
    try {
      const flows = this.#read(record);
      if (!flows) this.skipped++;
      return flows ?? NO_FLOWS;
    } catch (cause) {
      if (!(cause instanceof RecordProblem)) throw cause;
      this.#options.onProblem({ line: record.line, message: cause.message, kind: cause.kind });
      return NO_FLOWS;
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
        `Line ${line} is nfdump's CSV or table, which omits fields: use nfdump's option -o json.`,
      );
    }
    this.#isEmpty = false;
    this.#options.onProblem({ line, message: problem, kind: problem });
  }

  /**
   * The end of an interval before this flow, if there is one. Records arrive when flows end,
   * approximately in the order of their ends, so the latest end so far is the time.
   */
  #passTime({ first_ms, last_ms }: { first_ms: number; last_ms: number }): number | undefined {
    const { interval_ms } = this.#options;
    if (Number.isNaN(this.#end_ms)) this.#end_ms = last_ms + interval_ms;
    this.first_ms = Math.min(this.first_ms ?? first_ms, first_ms);
    this.last_ms = Math.max(this.last_ms ?? last_ms, last_ms);
    if (last_ms < this.#end_ms) return undefined;
    const ended_ms = this.#end_ms;
    this.#end_ms += interval_ms * (1 + Math.floor((last_ms - ended_ms) / interval_ms));
    return ended_ms;
  }
}
