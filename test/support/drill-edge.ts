import { ingest } from '../../core/ingest/ingest.ts';
import type { IngestContext } from '../../core/ingest/ingest-context.ts';
import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import { readShownCounters } from '../../core/ledger/figures/shown-counters.ts';
import { signedRecord, type TestKey } from './edge-keys.ts';
import { ingestContext } from './ingest-context.ts';
import { reportRecord, T0 } from './report-records.ts';
import type { TestTables } from './tables.ts';

/** Bytes of a packet in drills. */
const PACKET_BYTES = 1500n;

/** A stream of reports with its own shards and numbers. */
export class DrillStream {
  readonly records: StreamRecord[] = [];
  readonly #first: number;

  /** @param first the first of its sequence numbers */
  constructor(first = 1) {
    this.#first = first;
  }

  get next(): number {
    return this.#first + this.records.length;
  }
}

/** An edge as at a site: it counts, and reports totals since its boot. */
export class DrillEdge {
  /** Everything that it has ever counted. */
  counted = 0n;
  key: TestKey | undefined;
  #boot = 1;
  #seq = 0;
  #total = 0n;
  #last: ((stream: DrillStream, now: number) => StreamRecord) | undefined;

  readonly id: string;
  readonly #policy_id: string;

  constructor(id: string, { policy_id = 'default', key }: { policy_id?: string; key?: TestKey } = {}) {
    this.id = id;
    this.#policy_id = policy_id;
    this.key = key;
  }

  get boot_id(): string {
    return `${this.id}-boot-${this.#boot}`;
  }

  /** The counts of the current boot. */
  get total(): bigint {
    return this.#total;
  }

  /** Counts this number of packets and puts its report on a stream. */
  report(stream: DrillStream, packets: bigint, now: number): StreamRecord {
    this.counted += packets;
    this.#total += packets;
    this.#seq += 1;
    const sketch = {
      edge_id: this.id,
      boot_id: this.boot_id,
      seq: this.#seq,
      sent_ms: now - T0,
      policies: [
        {
          policy_id: this.#policy_id,
          packets: this.#total,
          bytes: this.#total * PACKET_BYTES,
          active_flows: 1,
        },
      ],
    };
    this.#last = (to, at) => this.#signed(reportRecord(sketch, { sequence: to.next, arrived_ms: at - T0 }));
    return this.#send(stream, now);
  }

  /** Restarts. Like a restarted edge, it first sends the last report of the previous boot. */
  restart(stream: DrillStream, now: number): void {
    if (this.#last) this.#send(stream, now);
    this.#boot += 1;
    this.#seq = 0;
    this.#total = 0n;
  }

  #send(stream: DrillStream, now: number): StreamRecord {
    const record = this.#last!(stream, now);
    stream.records.push(record);
    return record;
  }

  #signed(record: StreamRecord): StreamRecord {
    return this.key ? signedRecord(record, this.key) : record;
  }
}

/** Has a function of ingest process records, all of which it finishes: counted or quarantined. */
export async function deliver(
  db: Pick<TestTables, 'client' | 'tables'>,
  records: readonly StreamRecord[],
  { now, ...more }: { now: number } & Partial<IngestContext>,
): Promise<void> {
  const context = ingestContext({ ...db, clock: () => now, deadline: now + 60_000, ...more });
  const open = await ingest([...records], context);
  if (open.length > 0) throw new Error(`${open.length} records were not dealt with.`);
}

/** The visible packets of a policy; fails if the bytes do not match their number. */
export async function countedPackets(
  db: Pick<TestTables, 'client' | 'tables'>,
  policy_id = 'default',
): Promise<bigint> {
  const counts = (await readShownCounters(db.client, db.tables)).get(policy_id);
  const { packets = 0n, bytes = 0n } = counts ?? {};
  if (bytes !== packets * PACKET_BYTES) throw new Error(`${packets} packets have ${bytes} bytes.`);
  return packets;
}
