import { seededRandom } from '../../test/support/random.ts';
import type { Counting } from './counting-clients.ts';
import { Deliveries } from './deliveries.ts';
import type { DeployedFunctions, FunctionName, SleepingCall } from './deployed-functions.ts';
import { type FleetEdge, reportOf, type Shape } from './fleet.ts';
import { type Delivery, ListeningEdges } from './listening-edges.ts';
import { changesOf, isWithin, type NetworkChanges } from './network-changes.ts';
import { CONSOLE, OpenConsole } from './open-console.ts';
import { noPublications, type Published, type PublishingCounter } from './publications.ts';
import { setUpNetwork } from './set-up-network.ts';
import { dataOf, type SimulatedApi } from './simulated-api.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { ConsoleUsage, SimulatedUsage } from './simulated-usage.ts';
import type { TableChanges } from './table-changes.ts';

export interface SimulationOptions {
  counting: Counting;
  clock: SimulatedClock;
  functions: DeployedFunctions;
  api: SimulatedApi;
  changes: TableChanges;
  shape: Shape;
  start: number;
}

export interface SimulatedTime {
  minutes: number;
  /** Minutes that a console is open afterwards. */
  console_minutes: number;
}

/**
 * Minutes to compile code and to write every path once before the measurement starts. The hour
 * ends four minutes later.
 */
const WARM_UP_MINUTES = 6;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
/**
 * Lambda's limits of a batch: the event source's, and 6 MB of an event whose records are in base64.
 */
const BATCH_RECORDS = 1000;
const BATCH_BYTES = 4_400_000;
/** The time from an edge to the stream. */
const TRAVEL_MS = 50;
/** The time from a change of a table until its stream is read. */
const STREAM_MS = 300;
const SEED = 1;

/**
 * A network in simulated time: edges report, schedules fire, and edges query, each at its instant.
 */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #due = new Deliveries();
  #publishing: PublishingCounter = { counted: noPublications() };
  #changes: NetworkChanges = { edits: [], failures: [], silences: [] };
  #edges: FleetEdge[] = [];
  #policies: string[] = [];
  #listening: ListeningEdges | undefined;
  #console: OpenConsole | undefined;
  #reports = 0;
  #bytes = 0;
  #sequence = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
  }

  /** @param onHour called after each hour with the use so far */
  async run(
    { minutes, console_minutes }: SimulatedTime,
    publishing: PublishingCounter,
    onHour: (usage: SimulatedUsage) => void = () => {},
  ): Promise<SimulatedUsage> {
    const { shape } = this.#options;
    this.#publishing = publishing;
    this.#changes = changesOf(shape, minutes);
    await this.#setUp();
    await this.#minutes(0, WARM_UP_MINUTES);
    this.#forget();
    for (let minute = 0; minute < minutes; minute++) {
      await this.#minutes(WARM_UP_MINUTES + minute, WARM_UP_MINUTES + minute + 1);
      if ((minute + 1) % HOUR_MINUTES === 0) onHour(this.#usageOf(minute + 1));
    }
    const usage = this.#usageOf(minutes);
    if (console_minutes === 0) return usage;
    const opened = WARM_UP_MINUTES + minutes;
    return { ...usage, console: await this.#openConsole(opened, console_minutes) };
  }

  /** Passes a publication to its subscribers. */
  hear(published: Published): void {
    const now = Date.now();
    for (const delivery of this.#listening?.hear(published, now) ?? []) this.#due.add(delivery);
    for (const delivery of this.#console?.hear(published, now) ?? []) this.#due.add(delivery);
  }

  #forget(): void {
    const { functions, counting, api } = this.#options;
    functions.forget();
    api.forget();
    counting.by_item.clear();
    counting.lanes = { written: 0, bytes: 0 };
    this.#publishing.counted = noPublications();
    this.#reports = 0;
    this.#bytes = 0;
  }

  #usageOf(minutes: number): SimulatedUsage {
    const { functions, counting, shape, api } = this.#options;
    const { count, bytes } = api.requests.get('api') ?? { count: 0, bytes: 0 };
    const before = (minute: number) => minute < minutes + WARM_UP_MINUTES;
    const { edits, failures, silences } = this.#changes;
    return {
      shape,
      minutes,
      functions: structuredClone(Object.fromEntries(functions.used)),
      reports: this.#reports,
      record_bytes: this.#bytes / this.#reports,
      lane_bytes: counting.lanes.bytes / counting.lanes.written,
      api_requests: count,
      answer_bytes: count === 0 ? 0 : bytes / count,
      publications: { ...this.#publishing.counted },
      changes: {
        edits: edits.filter(({ minute }) => before(minute)).length,
        failures: failures.filter(({ from }) => before(from)).length,
        silences: silences.filter(({ from }) => before(from)).length,
      },
      metrics: [...functions.metrics].sort(),
      by_item: [...counting.by_item].sort(([, a], [, b]) => b - a),
    };
  }

  async #openConsole(opened: number, minutes: number): Promise<ConsoleUsage> {
    const { functions, api, start } = this.#options;
    this.#forget();
    this.#console = new OpenConsole(api);
    const [from, to] = [start + opened * MINUTE_MS, start + (opened + minutes) * MINUTE_MS];
    for (const delivery of this.#console.minutes(from, to)) this.#due.add(delivery);
    await this.#minutes(opened, opened + minutes);
    const { count, bytes } = api.requests.get(CONSOLE)!;
    const { [CONSOLE]: answers, figures } = Object.fromEntries(functions.used);
    return {
      minutes,
      history_minutes: Math.min(HOUR_MINUTES, opened),
      functions: { [CONSOLE]: answers!, figures: figures! },
      requests: count,
      answer_bytes: bytes / count,
      publications: this.#publishing.counted,
    };
  }

  async #setUp(): Promise<void> {
    const { shape, clock, start, api, changes, counting } = this.#options;
    clock.moveTo(start);
    const failing = new Set(this.#changes.failures.map(({ edge }) => edge));
    const network = await setUpNetwork({ shape, failing, mutate: (...call) => this.#mutate(...call) });
    this.#policies = network.policies;
    this.#edges = network.edges;
    await changes.skip();
    counting.written.clear();
    this.#listening = new ListeningEdges(
      this.#edges.map(({ edge_id }) => edge_id),
      api,
      seededRandom(SEED).next,
    );
    await this.#listening.begin();
  }

  async #mutate(field: string, args: object): Promise<{ id: string }> {
    const claims = { email: 'admin@example.com' };
    const identity = { sub: 'admin', username: 'admin', groups: ['admin'], claims };
    const event = { type: 'Mutation', field, arguments: args, identity, selection: ['id'] };
    return dataOf(field, await this.#options.functions.prepare('api', event)) as { id: string };
  }

  async #minutes(from: number, to: number): Promise<void> {
    const { start } = this.#options;
    const [first, end] = [start + from * MINUTE_MS, start + to * MINUTE_MS];
    const sources = [
      this.#schedules(first, end),
      this.#reportsOf(first, end),
      this.#listening!.readings(start, first, end),
      this.#edits(first, end),
    ];
    for (const source of sources) for (const delivery of source) this.#due.add(delivery);
    for (let next = this.#due.before(end); next; next = this.#due.before(end)) await this.#deliver(next);
  }

  async #deliver({ at, deliver }: Delivery): Promise<void> {
    const { clock, counting, changes } = this.#options;
    clock.moveTo(at);
    await deliver();
    if (!counting.written.has('network') && !counting.written.has('audit')) return;
    counting.written.clear();
    this.#due.add({ at: at + STREAM_MS, deliver: () => changes.deliver() });
  }

  /** People edit policies. */
  *#edits(first: number, end: number): Generator<Delivery> {
    const { start } = this.#options;
    for (const { minute, policy } of this.#changes.edits) {
      const at = start + minute * MINUTE_MS + 30_500;
      if (at < first || at >= end) continue;
      const edit = { id: this.#policies[policy], name: `Policy ${policy}, edited at ${minute}` };
      yield { at, deliver: async () => void (await this.#mutate('updatePolicy', edit)) };
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
      yield {
        at,
        deliver: async () =>
          this.#sleep(await functions.begin('figures', { scheduled_at: new Date(at).toISOString() })),
      };
      if (at % (5 * MINUTE_MS) !== 0) continue;
      yield fire('cleanup', at);
      if (shape.flows > 0) yield fire('flow-log', at);
    }
  }

  #sleep(call: SleepingCall | undefined): void {
    if (!call) return;
    this.#due.add({ at: call.until, deliver: async () => this.#sleep(await call.wake()) });
  }

  /**
   * Edges report one after another, evenly spread over their interval; the stream delivers the
   * records of each window.
   */
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
        if (isWithin(this.#changes.silences, index, at - start)) continue;
        sent.push({ index, seq: seq + 1, at });
      }
    }
    const batches = Map.groupBy(sent, ({ at }) => Math.floor(at / window));
    for (const [batch, reports] of batches) {
      yield { at: (batch + 1) * window + TRAVEL_MS, deliver: () => this.#send(reports) };
    }
  }

  async #send(due: readonly { index: number; seq: number; at: number }[]): Promise<void> {
    const { shape, start } = this.#options;
    let batch: object[] = [];
    let bytes = 0;
    for (const { index, seq, at } of due) {
      const failing = isWithin(this.#changes.failures, index, at - start);
      const { policies_version } = this.#listening!;
      const context = { index, seq, sent_ms: at, shape, policies: this.#policies, policies_version, failing };
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
}
