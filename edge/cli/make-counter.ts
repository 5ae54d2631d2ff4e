import type { Recorder } from '../../core/recorder/recorder.ts';
import { CaptureCounter } from '../capture/capture-counter.ts';
import type { TrafficCounter } from '../counting/traffic-counter.ts';
import { FlowRecordCounter } from '../flow-records/flow-record-counter.ts';
import { readGoflow2 } from '../flow-records/goflow2.ts';
import { readNfdump } from '../flow-records/nfdump.ts';
import type { Format } from './counting-options.ts';

const RECORD_READERS = { nfdump: readNfdump, goflow2: readGoflow2 } as const;

/** The counter for a format of input. */
export function makeCounter(
  format: Format,
  recorder: Recorder,
  options: { interval_ms: number; onProblem: (problem: { line: number; message: string }) => void },
): TrafficCounter {
  if (format === 'capture') return new CaptureCounter({ recorder, interval_ms: options.interval_ms });
  return new FlowRecordCounter({ recorder, read: RECORD_READERS[format], ...options });
}
