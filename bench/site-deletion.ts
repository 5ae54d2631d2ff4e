import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { deleteSite } from '../core/inventory/removal/delete-site.ts';
import { CONCURRENCY } from '../core/inventory/removal/run-deletion.ts';
import { batchPut } from '../core/storage/batch-write.ts';
import type { StoreContext } from '../core/storage/store-context.ts';
import { systemClock, systemSleep } from '../core/time/clock.ts';
import { createTable } from '../test/support/create-table.ts';
import { admin, dumpNetwork, makeHub } from '../test/support/network-bed.ts';
import type { BenchRow } from './bench-row.ts';
import { liveHeapBytes, median, milliseconds } from './support/measure.ts';
import { withDatabase } from './support/with-database.ts';

const AUDIT_TABLE = 'audit';
const TABLE = 'network';
const CACHE_TABLE = 'cache';

/** Paths of a site, and the number of deletions, whose median counts. */
const SIZES = [
  { paths: 10, runs: 15 },
  { paths: 100, runs: 9 },
  { paths: 1000, runs: 3 },
  { paths: 10_000, runs: 3 },
] as const;

/**
 * deleteSite on DynamoDB Local compared with only the same TransactWriteItems calls, and its memory
 * for larger sites.
 */
export async function run(): Promise<BenchRow[]> {
  const measure = async (client: DynamoDBDocumentClient) => {
    const bench = new Bench(client);
    await bench.measure(50);
    const rows: BenchRow[] = [];
    for (const size of SIZES) rows.push(await timeRow(bench, size));
    rows.push(await memoryRow(bench));
    return rows;
  };
  return withDatabase(measure, { heapMiB: 1024 });
}

async function timeRow(bench: Bench, { paths, runs }: (typeof SIZES)[number]): Promise<BenchRow> {
  const times: Measured[] = [];
  for (let each = 0; each < runs; each++) times.push(await bench.measure(paths));
  const value = median(times.map(({ deletion }) => deletion));
  const bare = median(times.map(time => time.bare));
  const name = `deleteSite, ${paths.toLocaleString('en')} paths`;
  return {
    name,
    value,
    unit: 'ms',
    peer: 'the same TransactWriteItems calls alone',
    peer_value: bare,
    ratio: value / bare,
    threshold: 'ratio <= 1.5',
    ok: value / bare <= 1.5,
    note: `${times[0]!.transactions} transactions; median of ${runs}`,
  };
}

/**
 * Live heap while 10,000 paths are deleted, compared with 1,000: the deletion must not hold a whole
 * site in memory.
 */
async function memoryRow(bench: Bench): Promise<BenchRow> {
  const small = await bench.liveHeap(1000);
  const large = await bench.liveHeap(10_000);
  return {
    name: 'deleteSite, live heap at 10,000 paths',
    value: large,
    unit: 'MB',
    peer: 'at 1,000 paths',
    peer_value: small,
    ratio: large / small,
    threshold: 'ratio <= 1.5',
    ok: large / small <= 1.5,
    note: 'highest heap after a collection before each transaction',
  };
}

type Transaction = TransactWriteCommandInput['TransactItems'];

interface Measured {
  /** Milliseconds. */
  deletion: number;
  bare: number;
  transactions: number;
}

/** A table, and a client that records its transactions. */
class Bench {
  private readonly client: DynamoDBDocumentClient;
  private readonly context: StoreContext;
  private transactions: Transaction[] = [];
  private progress: UpdateCommand[] = [];
  private beforeTransaction: () => void = () => {};

  constructor(client: DynamoDBDocumentClient) {
    this.client = client;
    const send = (command: TransactWriteCommand | UpdateCommand): Promise<unknown> => {
      if (command instanceof UpdateCommand) this.progress.push(command);
      if (command instanceof TransactWriteCommand) {
        this.beforeTransaction();
        this.transactions.push(command.input.TransactItems);
      }
      return client.send(command as TransactWriteCommand);
    };
    this.context = {
      client: { send } as unknown as DynamoDBDocumentClient,
      tables: { audit: AUDIT_TABLE, network: TABLE, traffic: '', cache: CACHE_TABLE },
      clock: systemClock,
      sleep: systemSleep,
      random: Math.random,
      deadline: Number.POSITIVE_INFINITY,
    };
  }

  /** Deletes a new site, then repeats only the same transactions on the same items. */
  async measure(paths: number): Promise<Measured> {
    await this.emptyTable();
    const { hub } = await makeHub(this.context, { paths, peers: Math.min(paths, 100) });
    const items = [...(await dumpNetwork(this.context)).values()];
    await this.fillTable(items);
    this.transactions = [];
    this.progress = [];
    const deletion = await milliseconds(() => this.deleteSite(hub.id));
    const transactions = this.transactions;
    await this.fillTable(items);
    const bare = await this.write(transactions);
    return { deletion, bare, transactions: transactions.length };
  }

  /** Highest live heap while a site is deleted, MB. */
  async liveHeap(paths: number): Promise<number> {
    await this.emptyTable();
    const { hub } = await makeHub(this.context, { paths, peers: 100 });
    this.transactions = [];
    let highest = 0;
    this.beforeTransaction = () => {
      this.transactions = [];
      highest = Math.max(highest, liveHeapBytes());
    };
    await this.deleteSite(hub.id);
    this.beforeTransaction = () => {};
    return highest / 1e6;
  }

  private deleteSite(site_id: string) {
    return deleteSite(this.context, admin, { site_id }, { until: Number.POSITIVE_INFINITY });
  }

  /**
   * Milliseconds of the transactions: the first, which claims the site, and the last, which ends
   * it, run alone; the chunks in between run with the deletion's concurrency. Its progress items
   * are written without measuring.
   */
  private async write(transactions: Transaction[]): Promise<number> {
    const write = (TransactItems: Transaction) =>
      this.client.send(new TransactWriteCommand({ TransactItems }));
    const chunks = transactions.slice(1, -1).values();
    const claim = await milliseconds(() => write(transactions[0]));
    const removal = await milliseconds(() =>
      Promise.all(
        Array.from({ length: CONCURRENCY }, async () => {
          for (const chunk of chunks) await write(chunk);
        }),
      ),
    );
    for (const { input } of this.progress) await this.client.send(new UpdateCommand(input));
    const end = await milliseconds(() => write(transactions.at(-1)));
    return claim + removal + end;
  }

  private async fillTable(items: Record<string, unknown>[]): Promise<void> {
    await this.emptyTable();
    await batchPut(items, { client: this.client, table: TABLE, sleep: systemSleep });
  }

  private async emptyTable(): Promise<void> {
    for (const TableName of [AUDIT_TABLE, TABLE, CACHE_TABLE]) await this.makeAnew(TableName);
  }

  private async makeAnew(TableName: string): Promise<void> {
    await this.client.send(new DeleteTableCommand({ TableName })).catch(() => {});
    await createTable(this.client, TableName);
  }
}
