import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { orderRoutes } from '../../../core/routing/failover/route-orders.ts';
import type { ItemKey } from '../../../core/storage/item.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import type { Answer } from '../../../functions/api/answer.ts';
import { runSteps } from '../../../functions/cleanup/run-steps.ts';
import { steps } from '../../../functions/cleanup/steps.ts';
import { type ApiUnderTest, makeApi } from '../api.ts';
import { auditEntries } from '../audit-entries.ts';
import { type FaultPlan, type FaultyClient, faultyClient } from '../faults.ts';
import { localClient } from '../local-client.ts';
import { noExports } from '../no-exports.ts';
import { asFunction } from '../rights/as-function.ts';
import { createTables, type TestTables } from '../tables.ts';
import type { Entry } from './control-state.ts';
import { IngestFunction } from './ingest-function.ts';

/** Seven paths in a transaction, so that a deletion needs several. */
const MAX_ACTIONS = 16;
/** The time limit of a function's answer. */
const BUDGET_MS = 25_000;
/** Fewer counter slots are fewer partitions to read. */
const SLOTS = 2;
const START_MS = Date.parse('2026-01-31T12:00:00Z');

/** The conditions of a request. */
export interface Circumstances {
  /** The function that answers it. */
  by: number;
  /** The offset of that function's clock from the true time, milliseconds. */
  skew_ms?: number;
  fault?: FaultPlan | undefined;
  /** Whether an operation with a `client_token` is sent once more with the same token. */
  again?: boolean;
}

/** The caller and the requested fields; by default an administrator and all fields. */
type Asking = NonNullable<Parameters<ApiUnderTest['call']>[2]>;

/** The API functions and the clean-up over their own tables, with one clock. */
export class ControlWorld {
  now = START_MS;
  readonly db: TestTables;
  readonly #functions: ApiFunction[];
  readonly ingest: IngestFunction;
  readonly #known = new Set<string>();

  private constructor(db: TestTables) {
    this.db = db;
    this.#functions = Array.from({ length: 2 }, () => new ApiFunction(this));
    this.ingest = new IngestFunction(client => this.context(client), SLOTS);
  }

  static async make(): Promise<ControlWorld> {
    return new ControlWorld(await createTables({ slots: SLOTS }));
  }

  drop(): Promise<void> {
    for (const { client } of [...this.#functions, this.ingest]) client.destroy();
    return this.db.drop();
  }

  /** The answer of the function; `killed` if it was killed before it could answer. */
  change(operation: string, args: object, { by, ...how }: Circumstances): Promise<Answer | 'killed'> {
    return this.#functions[by % this.#functions.length]!.change(operation, args, how);
  }

  /** The data of a query or its error, as a client sees it, from a function without faults. */
  async query(field: string, args: object = {}, by: Asking = {}): Promise<unknown> {
    const answered = await this.#functions[0]!.query(field, args, by);
    return 'error' in answered ? answered : JSON.parse(JSON.stringify(answered.data ?? null));
  }

  /** Entries of changes since the last call, in the order of the log. */
  async newEntries(): Promise<Entry[]> {
    const all = (await auditEntries(this.db)).filter(
      ({ outcome }) => outcome === 'DONE',
    ) as unknown as Entry[];
    const found = all.filter(({ id }) => !this.#known.has(id));
    for (const entry of found) {
      this.#known.add(entry.id);
      await this.#broadcast(entry);
    }
    return found;
  }

  /** The stream delivers at least once. */
  async #broadcast(entry: Entry): Promise<void> {
    const { pk, sk } = entry as unknown as ItemKey;
    const change = {
      kind: 'INSERT',
      pk,
      sk,
      before: undefined,
      after: { ...entry },
      at_ms: this.now,
    } as const;
    for (let times = 0; times < 2; times++)
      await asFunction('broadcast', () => orderRoutes(this.context(this.db.client), change));
  }

  /** Clean-up, as often as needed to finish and then forget interrupted operations. */
  async settle(): Promise<void> {
    this.now += 120_000;
    await this.cleanUp();
    this.now += 120_000;
    await this.cleanUp(['deletions']);
  }

  /** The clean-up function once, with all of its steps or some. */
  async cleanUp(only = steps.map(({ name }) => name)): Promise<void> {
    const context = {
      ...this.context(this.db.client),
      scheduled_at: this.now,
      exports: noExports.dispatcher,
    };
    const due = steps.filter(({ name }) => only.includes(name));
    const failed = (await runSteps(due, context)).filter(({ outcome }) => outcome === 'failed');
    expect(failed).toEqual([]);
  }

  context(client: DynamoDBDocumentClient, skew_ms = 0): StoreContext {
    return {
      client,
      tables: this.db.tables,
      clock: () => this.now + skew_ms,
      sleep: async ms => {
        this.now += Math.ceil(ms);
      },
      random: () => 0.5,
      deadline: this.now + skew_ms + BUDGET_MS,
      max_actions: MAX_ACTIONS,
    };
  }
}

/** One API function: its own memory, until it is killed. */
class ApiFunction {
  readonly client = localClient({ maxAttempts: 1 });
  readonly #world: ControlWorld;
  readonly #faulty: FaultyClient<DynamoDBDocumentClient>;
  #skew_ms = 0;
  #api: ApiUnderTest;

  constructor(world: ControlWorld) {
    this.#world = world;
    this.#faulty = faultyClient(this.client);
    this.#api = this.#start();
  }

  #start(): ApiUnderTest {
    const world = this.#world;
    const { client } = this.#faulty;
    const skew = () => this.#skew_ms;
    return makeApi(
      { client, tables: world.db.tables },
      {
        get context() {
          return world.context(client, skew());
        },
      },
    );
  }

  async change(
    operation: string,
    args: object,
    { skew_ms = 0, fault }: Omit<Circumstances, 'by'>,
  ): Promise<Answer | 'killed'> {
    this.#skew_ms = skew_ms;
    this.#faulty.arm(fault);
    const answered = await this.#call(`Mutation.${operation}`, args);
    const { killed } = this.#faulty;
    this.#faulty.arm();
    await this.#faulty.landAll();
    this.#skew_ms = 0;
    if (!killed) return answered;
    this.#api = this.#start();
    return 'killed';
  }

  query(field: string, args: object, by: Asking): Promise<Answer> {
    return this.#call(`Query.${field}`, args, by);
  }

  async #call(operation: string, args: object, by: Asking = {}): Promise<Answer> {
    this.#api.now = this.#world.now + this.#skew_ms;
    const answered = await this.#api.call(operation, args, by);
    const internal = 'error' in answered && answered.error.type === 'Internal';
    if (internal && !this.#faulty.killed) throw this.#api.reported.at(-1)?.error;
    return answered;
  }
}
