import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { updateItem } from '../storage/item-update.ts';
import { FLOW_LOG_PARTITION, type FlowStateStore } from './flow-log-state.ts';

export interface LeaseRequest {
  /** Of this run alone. */
  owner: string;
  now: number;
  /** The run is surely gone by then: milliseconds since the epoch. */
  until_ms: number;
}

const KEY = { pk: FLOW_LOG_PARTITION, sk: 'LEASE' };

/** @returns false while another run has it */
export function takeLease(store: FlowStateStore, { owner, now, until_ms }: LeaseRequest): Promise<boolean> {
  return update(store, {
    set: { owner, until_ms },
    condition: {
      expression: 'attribute_not_exists(#pk) OR #until_ms <= :now OR #owner = :owner',
      values: { now, owner },
    },
  });
}

/** Lets the next run begin. One that was taken over meanwhile is left alone. */
export async function giveLease(
  store: FlowStateStore,
  { owner }: Pick<LeaseRequest, 'owner'>,
): Promise<void> {
  await update(store, {
    set: { until_ms: 0 },
    condition: { expression: '#owner = :owner', values: { owner } },
  });
}

async function update(
  { client, table }: FlowStateStore,
  change: Omit<Parameters<typeof updateItem>[0], 'table' | 'key'>,
): Promise<boolean> {
  try {
    await client.send(new UpdateCommand(updateItem({ table, key: KEY, ...change })));
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') return false;
    throw cause;
  }
}
