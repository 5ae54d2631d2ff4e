import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../time/clock.ts';
import { ErasedAddresses } from '../erased-addresses.ts';
import type { FlowErasure, FlowLogState, FlowStateStore } from '../flow-log-state.ts';
import { HOUR_MS } from '../object-key.ts';
import { decodeFlows, encodeFlows, flowLogPartition } from './legacy-item.ts';
import { flowLogBuckets, flowLogPeriods, queryFlowLogs } from './read-legacy.ts';

/**
 * Removes addresses from the flows of the last release, as long as there may be any. May be
 * repeated.
 */
export async function eraseLegacy(
  run: FlowStateStore & { clock: Clock; ttl_hours: number },
  { state, addresses }: { state: FlowLogState; addresses: readonly FlowErasure[] },
): Promise<void> {
  const { client, table, clock, ttl_hours } = run;
  const now = clock();
  if (now >= state.legacy_until_ms) return;
  const erased = new ErasedAddresses(addresses);
  const range = { from: now - ttl_hours * HOUR_MS, to: now + HOUR_MS };
  const store = { client, table, as_of: now, check: () => {}, is_late: () => false };
  for (const period of flowLogPeriods(range)) {
    for (const bucket of flowLogBuckets(range)) {
      let start: Record<string, unknown> | undefined;
      do {
        const page = await queryFlowLogs(store, { pk: flowLogPartition(period, bucket), range, start });
        for (const item of page.items) {
          const flows = decodeFlows(item.data);
          const kept = flows.filter(flow => !erased.has(flow, 0));
          if (kept.length === flows.length) continue;
          const Item = { ...item, data: encodeFlows(kept) };
          await client.send(new PutCommand({ TableName: table, Item }));
        }
        start = page.next;
      } while (start);
    }
  }
}
