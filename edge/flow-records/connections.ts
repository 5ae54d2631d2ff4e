import type { InputNotes } from '../counting/input-notes.ts';

/** Traffic of both directions of a connection. */
export interface BothWays {
  in_packets: bigint;
  in_bytes: bigint;
  out_packets: bigint;
  out_bytes: bigint;
}

/** An event of a firewall about one connection. */
export interface ConnectionEvent {
  /** Exporter, connection id and 5-tuple, because ids restart when a firewall restarts. */
  key: string;
  exporter: string;
  kind: 'create' | 'update' | 'delete';
  /** Start of the connection, if the record contains it. */
  began_ms: number | undefined;
  event_ms: number;
  carried: BothWays;
}

/** The state of a connection. */
interface Connection {
  /** Whether its beginning was in the input. */
  complete: boolean;
  /** Sums of its UPDATE events. */
  counted: BothWays;
  updated: boolean;
  last_ms: number;
}

const NOTHING: BothWays = { in_packets: 0n, in_bytes: 0n, out_packets: 0n, out_bytes: 0n };

/** A connection needs about 400 bytes. */
const MAX_CONNECTIONS = 131_072;
const MAX_ENDED = 16_384;
const MAX_EXPORTERS = 4096;

/**
 * Counts the connections of Cisco's ASA (NSEL) once. UPDATE events carry increments, DELETE events
 * the connection's total: a DELETE counts what exceeds the UPDATEs.
 *
 * The table keeps a bounded number of connections and evicts the longest idle one. After a
 * connection with UPDATEs was evicted, what exceeds the UPDATEs of a connection that may be that
 * one is left out and noted: an eviction may leave traffic uncounted, and never counts traffic
 * twice.
 */
export class Connections {
  readonly #known = new Map<string, Connection>();
  /** Recently ended connections, oldest first. */
  readonly #ended = new Set<string>();
  /** Time of the first event of each exporter. */
  readonly #starts = new Map<string, number>();
  readonly #notes: InputNotes;
  readonly #capacity: number;
  /** Latest time at which an evicted connection had an UPDATE. */
  #evicted_ms = Number.NEGATIVE_INFINITY;

  constructor(notes: InputNotes, capacity = MAX_CONNECTIONS) {
    this.#notes = notes;
    this.#capacity = capacity;
  }

  /** Processes an event. @returns the traffic that it adds to the counts */
  take(event: ConnectionEvent): BothWays {
    this.#noteStart(event);
    if (event.kind === 'create') {
      this.#ended.delete(event.key);
      this.#remove(event.key);
      this.#keep(event, { complete: true, counted: NOTHING, updated: false });
      return NOTHING;
    }
    // The total was already counted: it includes a late UPDATE, and a repeated DELETE is the same.
    if (this.#ended.has(event.key)) return NOTHING;
    const known = this.#remove(event.key);
    if (event.kind === 'update') {
      const counted = sum(known?.counted ?? NOTHING, event.carried);
      const complete = known?.complete ?? this.#beganInInput(event) === 'yes';
      this.#keep(event, { complete, counted, updated: true });
      return event.carried;
    }
    this.#end(event.key);
    return this.#rest(event, known);
  }

  /** The part of a connection's total that its UPDATEs did not count. */
  #rest(event: ConnectionEvent, known: Connection | undefined): BothWays {
    const rest = excess(event.carried, known?.counted ?? NOTHING);
    if (rest.negative) this.#notes.add('updates_exceed_total');
    const why = this.#incomplete(event, known);
    if (!why) return rest.carried;
    const packets = rest.carried.in_packets + rest.carried.out_packets;
    const bytes = rest.carried.in_bytes + rest.carried.out_bytes;
    if (packets > 0n || bytes > 0n) this.#notes.add(why, { packets, bytes });
    return NOTHING;
  }

  /** Why the rest of a connection's total may not be counted. */
  #incomplete(
    event: ConnectionEvent,
    known: Connection | undefined,
  ): 'began_before_input' | 'connections_evicted' | undefined {
    if (known?.complete) return undefined;
    const began = this.#beganInInput(event);
    if (began === 'no') return 'began_before_input';
    const mayBeEvicted = !(event.began_ms !== undefined && event.began_ms > this.#evicted_ms);
    if (this.#evicted_ms > Number.NEGATIVE_INFINITY && mayBeEvicted) return 'connections_evicted';
    // A connection without UPDATEs was short: its DELETE contains all of its traffic.
    return known?.updated && began === 'unknown' ? 'began_before_input' : undefined;
  }

  #beganInInput({ began_ms, event_ms, exporter }: ConnectionEvent): 'yes' | 'no' | 'unknown' {
    // Some releases write the time of the event as the beginning, which is useless.
    if (began_ms === undefined || began_ms >= event_ms) return 'unknown';
    const start = this.#starts.get(exporter);
    return start !== undefined && began_ms >= start ? 'yes' : 'no';
  }

  #noteStart({ exporter, event_ms }: ConnectionEvent): void {
    const start = this.#starts.get(exporter);
    if (start !== undefined && start <= event_ms) return;
    if (start === undefined && this.#starts.size >= MAX_EXPORTERS) {
      this.#starts.delete(this.#starts.keys().next().value!);
    }
    this.#starts.set(exporter, event_ms);
  }

  /** Removes a connection. If it is added again, it is the last one to be evicted. */
  #remove(key: string): Connection | undefined {
    const known = this.#known.get(key);
    if (known) this.#known.delete(key);
    return known;
  }

  #end(key: string): void {
    if (this.#ended.size >= MAX_ENDED) this.#ended.delete(this.#ended.values().next().value!);
    this.#ended.add(key);
  }

  #keep({ key, event_ms }: ConnectionEvent, connection: Omit<Connection, 'last_ms'>): void {
    if (this.#known.size >= this.#capacity) this.#evict();
    this.#known.set(key, { ...connection, last_ms: event_ms });
  }

  #evict(): void {
    const [key, { updated, last_ms }] = this.#known.entries().next().value!;
    this.#known.delete(key);
    if (updated) this.#evicted_ms = Math.max(this.#evicted_ms, last_ms);
  }
}

function sum(a: BothWays, b: BothWays): BothWays {
  return {
    in_packets: a.in_packets + b.in_packets,
    in_bytes: a.in_bytes + b.in_bytes,
    out_packets: a.out_packets + b.out_packets,
    out_bytes: a.out_bytes + b.out_bytes,
  };
}

function excess(total: BothWays, counted: BothWays): { carried: BothWays; negative: boolean } {
  const difference = {
    in_packets: total.in_packets - counted.in_packets,
    in_bytes: total.in_bytes - counted.in_bytes,
    out_packets: total.out_packets - counted.out_packets,
    out_bytes: total.out_bytes - counted.out_bytes,
  };
  const least = (count: bigint) => (count > 0n ? count : 0n);
  return {
    carried: {
      in_packets: least(difference.in_packets),
      in_bytes: least(difference.in_bytes),
      out_packets: least(difference.out_packets),
      out_bytes: least(difference.out_bytes),
    },
    negative: Object.values(difference).some(count => count < 0n),
  };
}
