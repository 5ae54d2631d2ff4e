import type { FlowLogRange } from '../flow-log-store.ts';
import { type FlowLogItem, flowLogPartition } from './legacy-item.ts';
import { flowLogBuckets, type LegacyStore, queryFlowLogs } from './read-legacy.ts';

/** Number of reports in a bucket's first query, and in further queries. */
const FIRST_QUERY = 4;
const NEXT_QUERY = 50;

export interface NewestFirstRequest {
  range: FlowLogRange;
  /** Start of the period (an hour) whose logs are read. */
  period: number;
  /** Begins with the report of this sort key. */
  from_sk?: string | undefined;
}

/**
 * The log items of a period, newest first over all buckets. Keys begin with the time, so the
 * greatest head of all buckets comes next.
 */
export async function* newestFirst(
  store: LegacyStore,
  { range, period, from_sk }: NewestFirstRequest,
): AsyncGenerator<FlowLogItem, void> {
  const cursors = await Promise.all(
    flowLogBuckets(range).map(bucket =>
      openCursor(store, { range, pk: flowLogPartition(period, bucket), from_sk }),
    ),
  );
  for (;;) {
    let newest: Cursor | undefined;
    for (const cursor of cursors) {
      if (cursor.head && (!newest?.head || cursor.head.sk > newest.head.sk)) newest = cursor;
    }
    if (!newest?.head) return;
    yield newest.head;
    await newest.advance();
  }
}

interface Cursor {
  head: FlowLogItem | undefined;
  advance(): Promise<void>;
}

async function openCursor(
  store: LegacyStore,
  { pk, range, from_sk }: { pk: string; range: FlowLogRange; from_sk: string | undefined },
): Promise<Cursor> {
  const request = { pk, range, newest_first: true, ...(from_sk !== undefined && { to_sk: from_sk }) };
  let page = await queryFlowLogs(store, { ...request, limit: FIRST_QUERY });
  let index = -1;
  const cursor: Cursor = {
    head: undefined,
    async advance() {
      index++;
      while (index >= page.items.length && page.next) {
        page = await queryFlowLogs(store, { ...request, start: page.next, limit: NEXT_QUERY });
        index = 0;
      }
      cursor.head = page.items[index];
    },
  };
  await cursor.advance();
  return cursor;
}
