import { count } from '../../core/count-words.ts';
import { wireInteger } from '../../core/report/encode-report.ts';

/** Notes about the input that readers of the figures need, with their sentences. */
export const INPUT_NOTES = {
  empty_input: 'The input contained no records.',
  unknown_protocol: 'Unknown protocol names count as protocol 255',
  no_addresses: 'Records without addresses count under 0.0.0.0 or ::',
  sampling_rate_unknown:
    'The exporter did not send a sampling rate (0): its records count as given. If it samples, the figures are too low',
  sampling_scaled_by_nfdump:
    'Records that nfdump has scaled with the sampling rate count as given; those of sFlow include the layer-2 header',
  layer_unknown: 'Sampled records without layers count with the given length: its layer is unknown',
  began_before_input:
    'Connections began before the input: their earlier traffic is not counted, unless it was in an earlier input',
  connections_evicted:
    'More connections were open than the edge can keep (the longest idle ones were evicted): the remaining traffic of the evicted ones is not counted',
  event_bytes:
    'Bytes of firewall events (NSEL) count as given: that field is defined as payload without headers, so layer-3 bytes are more',
  updates_exceed_total:
    'Connections whose UPDATE events add up to more than the total of their DELETE event count by the UPDATE events',
} as const;

export type NoteKind = keyof typeof INPUT_NOTES;

/** One note in the form of `--json`. */
export interface InputNote {
  kind: NoteKind;
  records: number;
  /** Traffic that was left out, if known. */
  packets?: number | string;
  bytes?: number | string;
  /** Number of occurrences of the first twenty names. */
  names?: Record<string, number>;
}

/** A note whose counts can still grow. */
interface Tally {
  records: number;
  packets: bigint;
  bytes: bigint;
  names: Map<string, number>;
}

const MAX_NAMES = 20;
const OTHER_NAMES = 'others';

/** Counts the notes on an input by kind; each kind is announced once. */
export class InputNotes {
  readonly #tallies = new Map<NoteKind, Tally>();
  readonly #announce: (line: string) => void;

  constructor(announce: (line: string) => void = () => {}) {
    this.#announce = announce;
  }

  add(kind: NoteKind, { name, packets = 0n, bytes = 0n }: NoteDetail = {}): void {
    let tally = this.#tallies.get(kind);
    if (!tally) {
      tally = { records: 0, packets: 0n, bytes: 0n, names: new Map() };
      this.#tallies.set(kind, tally);
      this.#announce(`${INPUT_NOTES[kind].replace(/\.$/, '')}${name === undefined ? '' : `: ${name}`}.`);
    }
    tally.records++;
    tally.packets += packets;
    tally.bytes += bytes;
    if (name !== undefined) countName(tally.names, name);
  }

  list(): InputNote[] {
    return [...this.#tallies].map(([kind, { records, packets, bytes, names }]) => ({
      kind,
      records,
      ...((packets > 0n || bytes > 0n) && { packets: wireInteger(packets), bytes: wireInteger(bytes) }),
      ...(names.size > 0 && { names: Object.fromEntries(names) }),
    }));
  }
}

/** The contribution of a record to a note. */
interface NoteDetail {
  name?: string;
  packets?: bigint;
  bytes?: bigint;
}

function countName(names: Map<string, number>, name: string): void {
  const as = names.has(name) || names.size < MAX_NAMES ? name.slice(0, 60) : OTHER_NAMES;
  names.set(as, (names.get(as) ?? 0) + 1);
}

/** A note as a sentence with its figures. */
export function noteText({ kind, records, packets, bytes, names }: InputNote): string {
  const figures = [
    count(records, 'record'),
    ...(packets !== undefined ? [`${packets} packets, ${bytes} bytes`] : []),
    ...(names
      ? [
          Object.entries(names)
            .map(([name, count]) => `${name} ${count}`)
            .join(', '),
        ]
      : []),
  ];
  if (kind === 'empty_input') return INPUT_NOTES[kind];
  return `${INPUT_NOTES[kind]} (${figures.join('; ')}).`;
}
