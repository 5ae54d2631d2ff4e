import { DistinctFlows } from '../../core/recorder/distinct-flows.ts';
import { Recorder } from '../../core/recorder/recorder.ts';
import { CaptureCounter } from '../../edge/capture/capture-counter.ts';

export interface CountedCapture {
  packets: number;
  bytes: bigint;
  skipped: number;
  skipped_by_reason: Record<string, number>;
  /** Sentences about unreadable parts. */
  unread: string[];
  flows: number;
  flows_l4: number;
  /** `protocol src:port>dst:port`, sorted. */
  tuples: string[];
  /** Ends of the intervals that were yielded. */
  interval_ends: number[];
  /** The message of the error that ended it, if one did. */
  error: string | undefined;
}

/** Counts a capture that comes in the given pieces, up to its end or its first error. */
export function countCapture(pieces: Buffer | Buffer[], interval_ms?: number): CountedCapture {
  const distinct_flows = new DistinctFlows();
  const recorder = new Recorder({ distinct_flows });
  const counter = new CaptureCounter({ recorder, ...(interval_ms !== undefined && { interval_ms }) });
  const interval_ends: number[] = [];
  let error: string | undefined;
  try {
    for (const piece of [pieces].flat()) {
      for (const { interval_end_ms } of counter.feed(piece)) {
        interval_ends.push(interval_end_ms);
      }
    }
    counter.end();
  } catch (thrown) {
    error = (thrown as Error).message;
    if ((thrown as Error).name !== 'CaptureError') throw thrown;
  }
  return {
    packets: counter.packets,
    bytes: recorder.totals().bytes,
    skipped: counter.skipped,
    skipped_by_reason: Object.fromEntries(counter.skipped_by_reason),
    unread: counter.unread,
    flows: distinct_flows.flows,
    flows_l4: distinct_flows.flows_l4,
    tuples: recorder
      .takeInterval()
      .flows.map(flow => `${flow.protocol} ${flow.src}:${flow.src_port}>${flow.dst}:${flow.dst_port}`)
      .sort(),
    interval_ends,
    error,
  };
}
