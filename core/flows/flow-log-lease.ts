import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from '../storage/item.ts';
import { updateItem } from '../storage/item-update.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import { FLOW_LOG_PARTITION, type FlowStateStore } from './flow-log-state.ts';
import type { HourSlice } from './hour-slices.ts';
import { HOUR_MS } from './object-key.ts';
import { sliceLeaseKey } from './slice-leases.ts';

export interface LeaseRequest {
  /** Unique to this run. */
  owner: string;
  now: number;
  /** The run has certainly ended by then, milliseconds since the epoch. */
  until_ms: number;
  /**
   * The leased slice of an hour. Without it, the lease covers all work that is not done in slices.
   */
  of?: HourSlice | undefined;
}

const KEY = { pk: FLOW_LOG_PARTITION, sk: 'LEASE' };

/** Acquires a lease. @returns false while another run has it */
export function acquireLease(
  store: FlowStateStore,
  { owner, now, until_ms, of }: LeaseRequest,
): Promise<boolean> {
  return update(store, {
    key: keyOf(of),
    set: { owner, until_ms, ...of, ...(of && { [TTL_ATTRIBUTE]: Math.ceil((until_ms + HOUR_MS) / 1000) }) },
    condition: {
      expression: 'attribute_not_exists(#pk) OR #until_ms <= :now OR #owner = :owner',
      values: { now, owner },
    },
  });
}

/** Releases a lease, unless another run has acquired it in the meantime. */
export async function releaseLease(
  store: FlowStateStore,
  { owner, of }: Pick<LeaseRequest, 'owner' | 'of'>,
): Promise<void> {
  await update(store, {
    key: keyOf(of),
    set: { until_ms: 0 },
    condition: { expression: '#owner = :owner', values: { owner } },
  });
}

function keyOf(of: HourSlice | undefined): ItemKey {
  return of ? sliceLeaseKey(of) : KEY;
}

async function update(
  { client, table }: FlowStateStore,
  change: Omit<Parameters<typeof updateItem>[0], 'table'>,
): Promise<boolean> {
  try {
    await client.send(new UpdateCommand(updateItem({ table, ...change })));
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') return false;
    throw cause;
  }
}
