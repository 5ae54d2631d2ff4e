import type { Counting } from './counting-clients.ts';
import type { DeployedFunctions, FunctionName } from './deployed-functions.ts';
import { EDGE_REQUESTS } from './edge-requests.ts';
import { type FleetEdge, reportOf, type Shape } from './fleet.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { Usage } from './usage.ts';

/** What a network of a shape used in so many minutes. */
export interface SimulatedUsage {
  shape: Shape;
  minutes: number;
  functions: Partial<Record<FunctionName, Usage>>;
  /** Reports that were sent, and the bytes of one on average. */
  reports: number;
  record_bytes: number;
  /** Bytes of a lane's item on average. */
  lane_bytes: number;
  /** Requests that edges made to the API, and the bytes of an answer on average. */
  api_requests: number;
  answer_bytes: number;
  /** Every metric that was published: namespace, name and dimensions. */
  metrics: string[];
  /** Units by what they were for, the most first. */
  by_item: [string, number][];
}

interface SimulationOptions {
  counting: Counting;
  clock: SimulatedClock;
  functions: DeployedFunctions;
  shape: Shape;
  start: number;
}

interface Delivery {
  at: number;
  deliver(): Promise<void>;
}

/** Code is compiled, and every path is written once, before anything counts. The hour ends four minutes later. */
const WARM_UP_MINUTES = 6;
const MINUTE_MS = 60_000;
/** Lambda's limits of a batch: the event source's, and 6 MB of an event whose records are in base64. */
const BATCH_RECORDS = 1000;
const BATCH_BYTES = 4_400_000;
/** Within a minute of silence a report isn't late: an edge sends, the stream has it a moment later. */
const TRAVEL_MS = 50;
const SETUP_AT_A_TIME = 16;

/** A network in simulated time: edges report, schedules fire, and edges ask, each at its instant. */
export class Simulation {
  readonly #options: SimulationOptions;
  #edges: FleetEdge[] = [];
  #policies: string[] = [];
  #reports = 0;
  #bytes = 0;
  #requests = 0;
  #answers = 0;
  #sequence = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
  }

  async run(minutes: number): Promise<SimulatedUsage> {
    const { functions, counting, shape } = this.#options;
    await this.#setUp();
    await this.#minutes(0, WARM_UP_MINUTES);
    functions.forget();
    counting.by_item.clear();
    counting.lanes = { written: 0, bytes: 0 };
    this.#reports = 0;
    this.#bytes = 0;
    this.#requests = 0;
    this.#answers = 0;
    await this.#minutes(WARM_UP_MINUTES, WARM_UP_MINUTES + minutes);
    return {
      shape,
      minutes,
      functions: Object.fromEntries(functions.used) as Partial<Record<FunctionName, Usage>>,
      reports: this.#reports,
      record_bytes: this.#bytes / this.#reports,
      lane_bytes: counting.lanes.bytes / counting.lanes.written,
      api_requests: this.#requests,
      answer_bytes: this.#requests === 0 ? 0 : this.#answers / this.#requests,
      metrics: [...functions.metrics].sort(),
      by_item: [...counting.by_item].sort(([, a], [, b]) => b - a),
    };
  }

  /** Sites in a ring: each has a path to so many that follow it, and its edge, at their source, measures these. */
  async #setUp(): Promise<void> {
    const { shape, clock, start } = this.#options;
    clock.moveTo(start);
    const policies = await each(shape.policies - 1, index =>
      this.#mutate('createPolicy', { name: `Policy ${index}`, priority: 10 + index }),
    );
    this.#policies = ['default', ...policies.map(({ id }) => id)];
    const sites = await each(shape.edges, index => this.#mutate('createSite', { name: `Site ${index}` }));
    this.#edges = sites.map(({ id }, index) => ({ edge_id: `edge-${index}`, site_id: id, path_ids: [] }));
    await each(shape.paths > 0 ? shape.edges : 0, index =>
      this.#mutate('addEndpoint', {
        ...{ site_id: sites[index]!.id, endpoint_id: 'wan1', address: `198.51.${index >> 8}.${index & 255}` },
        ...{ interface_type: 'FIBER', cost_per_gb: 0.02 },
      }),
    );
    await each(shape.edges, index =>
      this.#mutate('registerEdge', {
        id: `edge-${index}`,
        site_id: sites[index]!.id,
        interval_s: shape.interval_s,
      }),
    );
    for (let step = 1; step <= shape.paths; step++) {
      const paths = await each(shape.edges, index =>
        this.#mutate('createPath', {
          ...{ source_site_id: sites[index]!.id, source_endpoint_id: 'wan1' },
          destination_site_id: sites[(index + step) % shape.edges]!.id,
          destination_endpoint_id: 'wan1',
        }),
      );
      for (const [index, { id }] of paths.entries()) this.#edges[index]!.path_ids.push(id);
    }
  }

  async #mutate(field: string, args: object): Promise<{ id: string }> {
    const claims = { email: 'admin@example.com' };
    const identity = { sub: 'admin', username: 'admin', groups: ['admin'], claims };
    const event = { type: 'Mutation', field, arguments: args, identity, selection: ['id'] };
    return dataOf(field, await this.#options.functions.prepare('api', event)) as { id: string };
  }

  async #minutes(from: number, to: number): Promise<void> {
    const { clock, start } = this.#options;
    const first = start + from * MINUTE_MS;
    const end = start + to * MINUTE_MS;
    const due = [
      ...this.#schedules(first, end),
      ...this.#reportsOf(first, end),
      ...this.#requestsOf(first, end),
    ];
    due.sort((a, b) => a.at - b.at);
    for (const { at, deliver } of due) {
      clock.moveTo(at);
      await deliver();
    }
  }

  /** EventBridge Scheduler, as the stacks set it. */
  *#schedules(first: number, end: number): Generator<Delivery> {
    const { functions, shape } = this.#options;
    const fire = (name: FunctionName, at: number, more: object = {}): Delivery => ({
      at,
      deliver: async () => {
        await functions.call(name, { scheduled_at: new Date(at).toISOString(), ...more });
      },
    });
    for (let at = first; at < end; at += MINUTE_MS) {
      yield fire('snapshot', at);
      yield fire('cleanup', at, { steps: ['deletions'] });
      if (at % (5 * MINUTE_MS) !== 0) continue;
      yield fire('cleanup', at);
      if (shape.flows > 0) yield fire('flow-log', at);
    }
  }

  /** Edges report one after another, evenly over their interval; the stream hands over what a window holds. */
  *#reportsOf(first: number, end: number): Generator<Delivery> {
    const { shape, start } = this.#options;
    const interval = shape.interval_s * 1000;
    const window = shape.window_s * 1000;
    const sent: { index: number; seq: number; at: number }[] = [];
    for (const index of this.#edges.keys()) {
      const offset = Math.floor((index * interval) / shape.edges);
      for (let seq = Math.ceil((first - start - offset) / interval); ; seq++) {
        const at = start + offset + seq * interval;
        if (at >= end) break;
        sent.push({ index, seq: seq + 1, at });
      }
    }
    const batches = Map.groupBy(sent, ({ at }) => Math.floor(at / window));
    for (const [batch, reports] of batches) {
      yield { at: (batch + 1) * window + TRAVEL_MS, deliver: () => this.#deliver(reports) };
    }
  }

  async #deliver(due: readonly { index: number; seq: number; at: number }[]): Promise<void> {
    const { shape } = this.#options;
    let batch: object[] = [];
    let bytes = 0;
    for (const { index, seq, at } of due) {
      const context = { index, seq, sent_ms: at, shape, policies: this.#policies };
      const { edge_id, data } = reportOf(this.#edges[index]!, context);
      this.#reports++;
      this.#bytes += data.length;
      if (batch.length === BATCH_RECORDS || bytes + data.length > BATCH_BYTES) {
        await this.#ingest(batch);
        batch = [];
        bytes = 0;
      }
      bytes += data.length;
      const sequenceNumber = String(++this.#sequence).padStart(56, '0');
      batch.push({
        eventID: `shardId-000000000000:${sequenceNumber}`,
        kinesis: {
          data: data.toString('base64'),
          partitionKey: edge_id,
          sequenceNumber,
          approximateArrivalTimestamp: (at + TRAVEL_MS) / 1000,
        },
      });
    }
    await this.#ingest(batch);
  }

  async #ingest(Records: object[]): Promise<void> {
    const answer = (await this.#options.functions.call('ingest', { Records })) as {
      batchItemFailures: unknown[];
    };
    if (answer.batchItemFailures.length > 0) throw new Error('Reports were not counted.');
  }

  /** What edges ask of their own accord, evenly spread. */
  *#requestsOf(first: number, end: number): Generator<Delivery> {
    const { start, functions } = this.#options;
    for (const { field, every_s, selection } of EDGE_REQUESTS) {
      const every = every_s * 1000;
      for (const [index, { edge_id }] of this.#edges.entries()) {
        const offset = Math.floor((index * every) / this.#edges.length);
        const userArn = `arn:aws:sts::123456789012:assumed-role/patronus-edge/${edge_id}`;
        const identity = { userArn, username: `AROA:${edge_id}` };
        const event = { type: 'Query', field, arguments: { edge_id }, identity, selection };
        const from = Math.ceil((first - start - offset) / every);
        for (let at = start + offset + from * every; at < end; at += every) {
          yield {
            at,
            deliver: async () => {
              this.#requests++;
              const data = dataOf(field, await functions.call('api', event));
              this.#answers += JSON.stringify({ data: { [field]: data } }).length;
            },
          };
        }
      }
    }
  }
}

function dataOf(field: string, answer: unknown): unknown {
  const { data, error } = answer as { data?: unknown; error?: { message: string } };
  if (error) throw new Error(`${field}: ${error.message}`);
  return data;
}

/** Runs `work` for 0 … n − 1, some side by side; answers in order. */
async function each<Result>(n: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = Array.from({ length: n }, (_, index) => index).values();
  await Promise.all(
    Array.from({ length: SETUP_AT_A_TIME }, async () => {
      for (const index of waiting) results[index] = await work(index);
    }),
  );
  return results;
}
