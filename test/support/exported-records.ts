import { DistinctFlows } from '../../core/recorder/distinct-flows.ts';
import { Recorder } from '../../core/recorder/recorder.ts';
import type { Format } from '../../edge/cli/counting-options.ts';
import { makeCounter } from '../../edge/cli/make-counter.ts';
import { InputNotes } from '../../edge/counting/input-notes.ts';

const EXPORT_TIME = Date.UTC(2026, 0, 31, 12);

/** Counts the JSON of a flow exporter as the edge does. */
export function countRecords(
  format: Exclude<Format, 'capture'>,
  input: string | readonly object[],
  { chunk = 1e9, scale_sampled = false } = {},
) {
  const text = typeof input === 'string' ? input : input.map(record => JSON.stringify(record)).join('\n');
  const distinct = new DistinctFlows();
  const recorder = new Recorder({ distinct_flows: distinct, clock: () => EXPORT_TIME });
  const notes = new InputNotes();
  const problems: { line: number; message: string; kind: string }[] = [];
  const counter = makeCounter(format, recorder, {
    interval_ms: 60_000,
    scale_sampled,
    notes,
    onProblem: problem => problems.push(problem),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) {
    for (const _ of counter.feed(bytes.subarray(at, at + chunk)));
  }
  counter.end();
  const totals = recorder.totals();
  return {
    packets: Number(totals.packets),
    bytes: Number(totals.bytes),
    flows: recorder.takeInterval().flows,
    problems,
    notes: notes.list(),
    skipped: counter.skipped,
    distinct,
  };
}

/** A record of goflow2 of ten packets of 100 bytes; a test gives only what differs. */
export function goflow2Record(change: object = {}): object {
  return {
    type: 'NETFLOW_V9',
    time_received_ns: 1769860802000000000,
    sampling_rate: 1,
    sampler_address: '192.0.2.254',
    time_flow_start_ns: 1769860800250000000,
    time_flow_end_ns: 1769860801500000000,
    bytes: 1000,
    packets: 10,
    src_addr: '10.1.2.3',
    dst_addr: '192.0.2.9',
    etype: 'IPv4',
    proto: 'TCP',
    src_port: 51234,
    dst_port: 443,
    ...change,
  };
}

/** A record of nfdump of ten packets of 100 bytes. */
export function nfdumpRecord(change: object = {}): object {
  return {
    type: 'FLOW',
    sampled: 0,
    export_sysid: 1,
    first: '2026-01-31T12:00:00.250',
    last: '2026-01-31T12:00:01.500',
    received: '2026-01-31T12:00:02.000',
    in_packets: 10,
    in_bytes: 1000,
    proto: 6,
    src_port: 51234,
    dst_port: 443,
    src4_addr: '10.1.2.3',
    dst4_addr: '192.0.2.9',
    ...change,
  };
}

const EVENT_IDS = { CREATE: 1, DELETE: 2, DENIED: 3, UPDATE: 5 } as const;

/** An event of an ASA as nfdump writes it; counts are packets of 100 bytes. */
export function asaEvent(
  event: keyof typeof EVENT_IDS,
  { there = 0, back = 0, id = 9001, at = 0, began = at, ...change }: AsaEvent = {},
): object {
  const time = (second: number) => new Date(EXPORT_TIME + second * 1000).toISOString();
  return {
    ...nfdumpRecord(),
    type: 'EVENT',
    first: time(began),
    last: '1970-01-01T00:00:00.000',
    received: time(at + 60),
    in_packets: there,
    in_bytes: there * 100,
    out_packets: back,
    out_bytes: back * 100,
    connect_id: `${id}`,
    event_id: `${EVENT_IDS[event]}`,
    event,
    t_event: time(at),
    ...change,
  };
}

interface AsaEvent {
  there?: number;
  back?: number;
  id?: number;
  /** Seconds after EXPORT_TIME. */
  at?: number;
  /** The start of the connection; the time of the event is not useful. */
  began?: number;
  [field: string]: unknown;
}
