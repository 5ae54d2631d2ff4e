import type { Recorder } from '../../core/recorder/recorder.ts';
import { CaptureCounter } from '../capture/capture-counter.ts';
import type { InputNotes } from '../counting/input-notes.ts';
import type { InputProblem, TrafficCounter } from '../counting/traffic-counter.ts';
import { FlowRecordCounter } from '../flow-records/flow-record-counter.ts';
import { goflow2Reader } from '../flow-records/goflow2.ts';
import { nfdumpReader } from '../flow-records/nfdump.ts';
import type { Format } from './counting-options.ts';

const RECORD_READERS = { nfdump: nfdumpReader, goflow2: goflow2Reader } as const;

interface CounterOptions {
  interval_ms: number;
  /** Counts sampled flow records, scaled. */
  scale_sampled?: boolean;
  notes: InputNotes;
  onProblem: (problem: InputProblem) => void;
}

/** The counter for a format of input. */
export function makeCounter(
  format: Format,
  recorder: Recorder,
  { scale_sampled = false, notes, ...options }: CounterOptions,
): TrafficCounter {
  if (format === 'capture') return new CaptureCounter({ recorder, interval_ms: options.interval_ms });
  const read = RECORD_READERS[format]({ scale_sampled, notes });
  return new FlowRecordCounter({ recorder, read, notes, ...options });
}
