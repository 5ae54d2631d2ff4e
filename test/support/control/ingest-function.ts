import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ingest } from '../../../core/ingest/ingest.ts';
import type { IngestContext } from '../../../core/ingest/ingest-context.ts';
import { LaneMemory } from '../../../core/ingest/lane-memory.ts';
import { QuarantineMemory } from '../../../core/ingest/quarantine-memory.ts';
import type { StreamRecord } from '../../../core/ingest/stream-record.ts';
import { PathMonitor } from '../../../core/routing/failover/path-monitor.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { makeProductCaches } from '../../../functions/product-caches.ts';
import { type FaultPlan, type FaultyClient, faultyClient, Killed } from '../faults.ts';
import { ingestContext } from '../ingest-context.ts';
import { localClient } from '../local-client.ts';
import { asFunction } from '../rights/as-function.ts';

/**
 * The ingest function: its own memory, until it is killed, and a stream that delivers unapplied
 * records again.
 */
export class IngestFunction {
  readonly client = localClient({ maxAttempts: 1 });
  readonly #faulty: FaultyClient<DynamoDBDocumentClient>;
  readonly #contextOf: (client: DynamoDBDocumentClient) => StoreContext;
  readonly #slots: number;
  #memory: Pick<IngestContext, 'memory' | 'quarantined'> & { monitor: PathMonitor };

  /** @param contextOf makes a context by the true clock */
  constructor(contextOf: (client: DynamoDBDocumentClient) => StoreContext, slots: number) {
    this.#contextOf = contextOf;
    this.#slots = slots;
    this.#faulty = faultyClient(this.client);
    this.#memory = this.#start();
  }

  /** Ingests a record, in as many attempts as needed. */
  async take(record: StreamRecord, fault: FaultPlan | undefined): Promise<void> {
    this.#faulty.arm(fault);
    let open = await this.#ingest([record]);
    if (this.#faulty.killed) this.#memory = this.#start();
    this.#faulty.arm();
    await this.#faulty.landAll();
    while (open.length > 0) open = await this.#ingest(open);
  }

  #start() {
    const { client } = this.#faulty;
    const { clock, tables } = this.#contextOf(client);
    const caches = makeProductCaches({ client, table: tables.cache, clock, schedule: () => () => {} });
    return {
      memory: new LaneMemory(),
      quarantined: new QuarantineMemory(),
      monitor: new PathMonitor(caches),
    };
  }

  async #ingest(records: readonly StreamRecord[]): Promise<readonly StreamRecord[]> {
    const context = this.#contextOf(this.#faulty.client);
    const { monitor, ...memory } = this.#memory;
    try {
      const open = await asFunction('ingest', () =>
        ingest(records, {
          ...ingestContext(context),
          ...context,
          ...memory,
          slots: this.#slots,
          async onPathReports(reports) {
            await monitor.observe(context, reports);
            await monitor.settle(context);
          },
        }),
      );
      return this.#faulty.killed ? records : open;
    } catch (cause) {
      if (cause instanceof Killed || this.#faulty.killed) return records;
      throw cause;
    }
  }
}
