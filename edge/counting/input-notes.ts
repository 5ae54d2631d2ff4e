import { wireInteger } from '../../core/report/encode-report.ts';

/**
 * What the person who reads the figures has to know about the input, and the sentence that says it.
 */
export const INPUT_NOTES = {
  empty_input: 'The input held no record.',
  unknown_protocol: 'Protocol names that are not known count as protocol 255',
  no_addresses: 'Records without addresses count under 0.0.0.0 or ::',
  sampling_rate_unknown:
    'The exporter did not send a sampling rate (0): its records count as given. If it samples, the figures are too low',
  sampling_scaled_by_nfdump:
    'Records that nfdump has scaled with the sampling rate count as given; those of sFlow include the layer-2 header',
  layer_unknown:
    'Sampled records without layers count with the length as given: which layer it is of is unknown',
  began_before_input:
    'Connections began before the input: what they carried until then is not counted, unless an earlier input did',
  connections_evicted:
    'More connections were open than the edge keeps (the longest idle ones were evicted): the rest of these is not counted',
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
  /** What is left out, where it is known. */
  packets?: number | string;
  bytes?: number | string;
  /** How often each name was found: the first twenty names. */
  names?: Record<string, number>;
}

/** A note with counts that may grow further. */
interface Tally {
  records: number;
  packets: bigint;
  bytes: bigint;
  names: Map<string, number>;
}

const MAX_NAMES = 20;
const OTHER_NAMES = 'others';

/** Counts the notes on an input, a kind at a time; each kind is announced once. */
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

/** What a record adds to a note. */
interface NoteDetail {
  name?: string;
  packets?: bigint;
  bytes?: bigint;
}

function countName(names: Map<string, number>, name: string): void {
  const as = names.has(name) || names.size < MAX_NAMES ? name.slice(0, 60) : OTHER_NAMES;
  names.set(as, (names.get(as) ?? 0) + 1);
}

/** The note as a sentence with its figures. */
export function noteText({ kind, records, packets, bytes, names }: InputNote): string {
  const figures = [
    `${records} record${records === 1 ? '' : 's'}`,
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
