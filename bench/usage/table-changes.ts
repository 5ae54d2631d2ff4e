import { makeFilter } from '../../local/event-sources/filter-criteria.ts';
import type { ShardReader } from '../../local/event-sources/shard-source.ts';
import { tableStreamSource } from '../../local/event-sources/table-stream-source.ts';
import type { DeployedFunctions } from './deployed-functions.ts';

/** The stream of a table, and the filter of the function's records. */
export interface FollowedTable {
  stream_arn: string;
  filters: readonly { Pattern: string }[];
}

const BATCH = 100;
const READ_AT_ONCE = 1000;

/** Changes of tables, passed on to the broadcast function like Lambda's event sources. */
export class TableChanges {
  readonly #functions: DeployedFunctions;
  readonly #tables: readonly {
    source: ReturnType<typeof tableStreamSource>;
    filters: FollowedTable['filters'];
  }[];
  readonly #readers = new Map<string, ShardReader>();

  constructor(endpoint: string, tables: readonly FollowedTable[], functions: DeployedFunctions) {
    this.#functions = functions;
    this.#tables = tables.map(({ stream_arn, filters }) => ({
      source: tableStreamSource({ endpoint, streamArn: stream_arn }),
      filters,
    }));
  }

  /** Skips the changes so far. */
  async skip(): Promise<void> {
    for (const table of this.#tables) await this.#read(table);
  }

  /**
   * Delivers the changes since then.
   * @throws Error when the function did not process all of them
   */
  async deliver(): Promise<void> {
    for (const table of this.#tables) {
      const passes = makeFilter(table.filters);
      const records = (await this.#read(table)).filter(passes);
      for (let at = 0; at < records.length; at += BATCH) {
        const Records = records.slice(at, at + BATCH);
        const { batchItemFailures } = (await this.#functions.call('broadcast', { Records })) as {
          batchItemFailures: unknown[];
        };
        if (batchItemFailures.length > 0) throw new Error('Changes were not published.');
      }
    }
  }

  async #read({ source }: { source: ReturnType<typeof tableStreamSource> }) {
    const records: Record<string, unknown>[] = [];
    for (const { id } of await source.listShards()) {
      const key = `${source.arn} ${id}`;
      const reader = this.#readers.get(key) ?? source.openShard(id, 'TRIM_HORIZON');
      this.#readers.set(key, reader);
      for (;;) {
        const { records: read } = await reader.read(READ_AT_ONCE);
        if (read.length === 0) break;
        // The engine's clock differs from the simulation's.
        const ApproximateCreationDateTime = Date.now() / 1000;
        for (const { event } of read) {
          records.push({
            ...event,
            dynamodb: { ...(event.dynamodb as object), ApproximateCreationDateTime },
          });
        }
      }
    }
    return records;
  }
}
