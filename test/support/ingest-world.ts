import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { systemCaller } from '../../core/access/caller.ts';
import { ingest } from '../../core/ingest/ingest.ts';
import { LaneMemory } from '../../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../../core/ingest/quarantine-memory.ts';
import { withdrawSilentGauges } from '../../core/ingest/silent-gauges.ts';
import type { StreamRecord } from '../../core/ingest/stream-record.ts';
import { type Counts, type Gauges, readCounters } from '../../core/ledger/figures/read-counters.ts';
import { readLanesOfEdge } from '../../core/ledger/figures/read-lanes.ts';
import { readShownCounters } from '../../core/ledger/figures/shown-counters.ts';
import { laneTotals } from '../../core/ledger/lane/lane-totals.ts';
import {
  type CorrectionHead,
  readCorrectionHeads,
  readCorrections,
} from '../../core/ledger/voids/corrections.ts';
import { finishVoids } from '../../core/ledger/voids/finish-voids.ts';
import { shownTotals } from '../../core/ledger/voids/shown-totals.ts';
import { undoVoidBoot } from '../../core/ledger/voids/undo-void.ts';
import { voidBoot } from '../../core/ledger/voids/void-boot.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import type { TableNames } from '../../core/storage/tables.ts';
import { FAULTS, type Fault, type FaultyClient, faultyClient, REFUSALS } from './faults.ts';
import { ingestContext } from './ingest-context.ts';
import { type Random, seededRandom } from './random.ts';
import { reportRecord, T0 } from './report-records.ts';
import type { ExpectedPair, ReportStream } from './report-stream.ts';
import { asFunction } from './rights/as-function.ts';

export interface WorldOptions {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  stream: ReportStream;
  seed: number;
  /** Probability that a call fails. */
  faults: number;
  /**
   * Whether the database may reject valid reports. Not together with invalid ones, because an
   * invalid one is recognized only next to counted ones.
   */
  refusals?: boolean;
  /** Probability that a second function works on the same shard at the same time. */
  races: number;
  /** Probability that clean-up runs at the same time, and removes every gauge that it sees. */
  cleanups: number;
  /** Probability that a boot is voided at the same time; none if omitted. */
  voids?: number;
  /** Probability that a finished batch is delivered again. */
  redelivered: number;
}

const ACTOR = systemCaller('test');

/** A time at which every lane has long been silent. */
const LATER = T0 + 2e12;

/**
 * Lambda with a stream: batches of one shard, functions that continue with their memory or are
 * killed, partial failures and repeated deliveries, all at the same time.
 */
export class IngestWorld {
  readonly #options: WorldOptions;
  readonly #random: Random;
  readonly #clients: FaultyClient<DynamoDBDocumentClient>[] = [];
  /** The memory of a container until it is killed. */
  readonly #memories = new Map<string, { memory: LaneMemory; quarantined: QuarantineMemory }>();
  /** Records that the database was made to reject: to be replayed from the quarantine. */
  readonly refused: StreamRecord[] = [];

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  /** Reads the stream to its end, with the memories of its functions. */
  async run({
    onGeneration = () => {},
  }: {
    onGeneration?: (generation: number) => void;
  } = {}): Promise<void> {
    for (const [generation, shards] of this.#options.stream.generations.entries()) {
      await Promise.all(shards.map((records, shard) => this.#readShard(records, shard)));
      onGeneration(generation);
    }
    for (const client of this.#clients) await client.landAll();
    await this.deliver(this.refused.splice(0));
  }

  /** Delivers these records to a new function until all are finished, without faults. */
  async deliver(records: readonly StreamRecord[]): Promise<void> {
    const { client, tables } = this.#options;
    let open: readonly StreamRecord[] = records;
    while (open.length > 0)
      open = await asFunction('ingest', () => ingest(open, ingestContext({ client, tables })));
  }

  /** Everything from the beginning once more. */
  async replay(): Promise<void> {
    for (const records of this.#options.stream.generations.flat()) await this.deliver(records);
  }

  /**
   * Every edge begins a new boot with one active flow in each part: the expected gauges then do not
   * depend on the order.
   */
  async settleGauges(seq: number, { parts = 3 } = {}): Promise<void> {
    for (const [e, edge_id] of this.#options.stream.edges.entries()) {
      for (let part = 0; part < parts; part++) {
        const policies = [{ policy_id: `${edge_id}-p`, active_flows: e + 1 }];
        const arrived_ms = 1e12 + seq;
        const place = { sequence: 1_000_000 + e * 10 + part, arrived_ms };
        const last = { edge_id, boot_id: `last-${parts}`, seq, sent_ms: arrived_ms, part, parts, policies };
        await this.deliver([reportRecord(last, place)]);
      }
    }
  }

  /** Interrupted voids are finished, as by clean-up. */
  async finishVoids(): Promise<void> {
    for (const client of this.#clients) await client.landAll();
    const context = { ...this.#voidContext(), clock: () => LATER + 600_000, deadline: LATER + 1e6 };
    await asFunction('cleanup', () =>
      finishVoids(context, { until: Number.POSITIVE_INFINITY, onVoided: () => [] }),
    );
  }

  /** The voided boots, as `edge boot`. */
  async voided(): Promise<Map<string, CorrectionHead>> {
    const heads = await readCorrectionHeads(this.#options);
    return new Map(heads.map(head => [`${head.edge_id} ${head.boot_id}`, head]));
  }

  async undoVoids(): Promise<number> {
    const heads = [...(await this.voided()).values()];
    for (const { audit_id } of heads) await undoVoidBoot(this.#voidContext(), { actor: ACTOR, audit_id });
    return heads.length;
  }

  /** The visible counts, by counters and by lanes, are those of all boots that are not voided. */
  async expectShown(): Promise<void> {
    const { client, tables, stream } = this.#options;
    const [voided, corrections] = await Promise.all([this.voided(), readCorrections(this.#options)]);
    const counted = stream.expected.filter(({ edge_id, boot_id }) => !voided.has(`${edge_id} ${boot_id}`));
    const lanes = (await Promise.all(stream.edges.map(edge => readLanesOfEdge(client, tables, edge)))).flat();
    const pairs = lanes.flatMap(lane =>
      shownTotals(lane, corrections).map(pair => ({ edge_id: lane.edge_id, part: lane.part, ...pair })),
    );
    const nameOf = (pair: Omit<ExpectedPair, 'boot_id'>) =>
      `${pair.edge_id} ${pair.part} ${pair.policy_id} ${pair.endpoint_id}`;
    expect(sums(pairs, nameOf), 'lanes as shown').toEqual(sums(counted, nameOf));
    const policies = new Set(stream.expected.map(({ policy_id }) => policy_id));
    const counters = [...(await readShownCounters(client, tables))]
      .filter(([policy_id]) => policies.has(policy_id))
      .map(([policy_id, counts]) => ({ policy_id, ...counts }));
    const policyOf = ({ policy_id }: { policy_id: string }) => policy_id;
    expect(sums(counters, policyOf), 'counters as shown').toEqual(sums(counted, policyOf));
  }

  async cleanUp(): Promise<void> {
    const { client, tables } = this.#options;
    await asFunction('cleanup', () => withdrawSilentGauges({ client, tables, ...cleanupTime() }));
  }

  counters(): Promise<Map<string, Counts>> {
    const { client, tables } = this.#options;
    return readCounters(client, tables);
  }

  /** Counters and lanes show the edges' counts to the byte; their gauges agree. */
  async expectExact(): Promise<void> {
    const { client, tables, stream } = this.#options;
    const lanes = (await Promise.all(stream.edges.map(edge => readLanesOfEdge(client, tables, edge)))).flat();
    const pairs = lanes.flatMap(lane =>
      laneTotals(lane).map(pair => ({ edge_id: lane.edge_id, part: lane.part, ...pair })),
    );
    const shown = sums(pairs, pair => `${pair.edge_id} ${pair.part} ${pair.policy_id} ${pair.endpoint_id}`);
    const due = sums(
      stream.expected,
      pair => `${pair.edge_id} ${pair.part} ${pair.policy_id} ${pair.endpoint_id}`,
    );
    expect(shown, 'lanes').toEqual(due);

    const policies = new Set(stream.expected.map(({ policy_id }) => policy_id));
    const counters = [...(await this.counters())]
      .filter(([policy_id]) => policies.has(policy_id))
      .map(([policy_id, counts]) => ({ policy_id, ...counts }));
    expect(
      sums(counters, counter => counter.policy_id),
      'counters',
    ).toEqual(sums(stream.expected, pair => pair.policy_id));
    const gauges = (list: ({ policy_id: string } & Gauges)[]) => {
      const sum = new Map<string, [number, number, number, number]>();
      for (const { policy_id, active_flows, bit_rate, packet_rate, rated_pairs } of list) {
        const [flows, bits, packets, rated] = sum.get(policy_id) ?? [0, 0, 0, 0];
        sum.set(policy_id, [
          flows + active_flows,
          bits + bit_rate,
          packets + packet_rate,
          rated + rated_pairs,
        ]);
      }
      const isSet = ([id, values]: [string, number[]]) => policies.has(id) && values.some(each => each !== 0);
      return new Map([...sum].filter(isSet).sort());
    };
    expect(gauges(counters), 'gauges').toEqual(gauges(pairs));
  }

  async #readShard(records: readonly StreamRecord[], shard: number): Promise<void> {
    const random = this.#random;
    let attempts = 0;
    for (let position = 0; position < records.length; ) {
      const size = 1 + random.below(8);
      const batch = records.slice(position, position + size);
      const calm = ++attempts > 4;
      const others: Promise<unknown>[] = [];
      if (random.chance(this.#options.races)) {
        const from = Math.max(0, position - random.below(4));
        others.push(this.#invoke(records.slice(from, from + 1 + random.below(8)), `${shard} racer`, calm));
      }
      if (random.chance(this.#options.cleanups)) others.push(this.#cleanUpBeside());
      if (random.chance(this.#options.voids ?? 0)) others.push(this.#voidBeside(calm));
      const open = await this.#invoke(batch, `${shard} ${random.below(2)}`, calm);
      await Promise.all(others);
      const failed = open === 'failed' ? 0 : open[0] ? batch.indexOf(open[0]) : batch.length;
      if (failed > 0) attempts = 0;
      position += failed;
      if (random.chance(this.#options.redelivered)) position = Math.max(0, position - random.below(5));
    }
  }

  async #invoke(
    batch: readonly StreamRecord[],
    container: string,
    calm: boolean,
  ): Promise<StreamRecord[] | 'failed'> {
    const { client, tables } = this.#options;
    const faulty = this.#faulty(client, calm ? 0 : this.#options.faults);
    const remembered = this.#memories.get(container) ?? {
      memory: new LaneMemory(),
      quarantined: new QuarantineMemory(),
    };
    this.#memories.set(container, remembered);
    const random = this.#random;
    const short = !calm && random.chance(0.05);
    const context = ingestContext({
      client: faulty.client,
      tables,
      ...remembered,
      random: random.next,
      deadline: T0 + (short ? 20 : 60_000),
      warn: (_, { reason, sequence_number }) => {
        const record = batch.find(each => each.sequence_number === sequence_number);
        if (reason === 'refused' && record) this.refused.push(record);
      },
    });
    try {
      const open = await asFunction('ingest', () => ingest(batch, context));
      if (!faulty.killed) return open;
    } catch (error) {
      const planned = ['Killed', 'AccessDeniedException'].includes((error as Error).name);
      if (!planned) throw error;
    }
    if (faulty.killed) this.#memories.delete(container);
    return 'failed';
  }

  /**
   * A person voids a boot; it may be voided already or unknown, and the void may be interrupted.
   */
  async #voidBeside(calm: boolean): Promise<void> {
    const { client, stream, faults } = this.#options;
    const edge_id = this.#random.pick(stream.edges);
    const boot_id = `boot-${this.#random.below(3)}`;
    const faulty = this.#faulty(client, calm ? 0 : faults);
    const voiding = voidBoot(this.#voidContext(faulty.client), { actor: ACTOR, edge_id, boot_id });
    await voiding.catch((error: Error) => {
      const planned = [
        'NotFound',
        'Conflict',
        'Throttled',
        'Killed',
        'AccessDeniedException',
        'TransactionCanceledException',
      ];
      if (!planned.includes(error.name) && !faulty.killed) throw error;
    });
  }

  #voidContext(client = this.#options.client): StoreContext {
    const later = cleanupTime();
    return { ...later, client, tables: this.#options.tables };
  }

  async #cleanUpBeside(): Promise<void> {
    const { client, tables } = this.#options;
    const faulty = this.#faulty(client, this.#options.faults);
    await asFunction('cleanup', () =>
      withdrawSilentGauges({ client: faulty.client, tables, ...cleanupTime() }),
    ).catch(() => {});
  }

  #faulty(client: DynamoDBDocumentClient, probability: number): FaultyClient<DynamoDBDocumentClient> {
    const random = this.#random;
    const { refusals = true } = this.#options;
    const faults = refusals ? FAULTS : FAULTS.filter(fault => !REFUSALS.includes(fault));
    const faultOf = (): Fault | undefined => (random.chance(probability) ? random.pick(faults) : undefined);
    const turns = async () => {
      for (let turns = random.below(6); turns > 0; turns--) await null;
    };
    const faulty = faultyClient(client, faultOf, turns);
    this.#clients.push(faulty);
    return faulty;
  }
}

function cleanupTime() {
  let now = LATER;
  return {
    clock: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
    deadline: LATER + 60_000,
  };
}

type Sum = Omit<Counts, keyof Gauges>;

function sums<T extends Sum>(list: readonly T[], keyOf: (item: T) => string): Map<string, Sum> {
  const found = new Map<string, Sum>();
  for (const item of list) {
    const sum = found.get(keyOf(item)) ?? { packets: 0n, bytes: 0n, estimated_bytes: 0n };
    found.set(keyOf(item), {
      packets: sum.packets + item.packets,
      bytes: sum.bytes + item.bytes,
      estimated_bytes: sum.estimated_bytes + item.estimated_bytes,
    });
  }
  return new Map([...found].filter(([, { packets, bytes }]) => packets > 0n || bytes > 0n).sort());
}
