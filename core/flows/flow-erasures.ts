import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../access/caller.ts';
import { auditAction } from '../audit/audit-action.ts';
import { ValidationError } from '../errors.ts';
import { formatAddress, parseAddress } from '../policy/ip-address.ts';
import { commitOnce } from '../storage/commit-once.ts';
import { updateItem } from '../storage/item-update.ts';
import type { StoreContext } from '../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../storage/tables.ts';
import { ERASURE_STATUS, erasureKey, type FlowErasure, type FlowStateStore } from './flow-log-state.ts';
import { HOUR_MS } from './object-key.ts';

/**
 * No flow and no stream is kept longer than this, so after this time a replay can't bring back what
 * arrived before a request.
 */
const LONGEST_HOURS = 8760 + 24;

/**
 * Erases an address from the flow log: from the time of the answer, no query shows what it sent or
 * received before. The job of the log removes it from the objects.
 *
 * @throws ValidationError unless `address` is a single address
 */
export async function eraseFlows(
  context: StoreContext,
  {
    actor,
    address: given,
    client_token,
  }: { actor: Caller; address: string; client_token?: string | null | undefined },
): Promise<FlowErasure> {
  const parsed = parseAddress(given);
  if (!parsed) {
    throw new ValidationError('address must be a single address such as 10.1.2.3 or 2001:db8::1.', {
      arguments: ['address'],
    });
  }
  const address = formatAddress(parsed);
  const { tables, clock } = context;
  const request = { owner: actor.sub, operation: 'eraseFlows', client_token, given: { address } };
  return commitOnce(context, request, async begun => {
    const requested_ms = clock();
    const audit = auditAction(tables, begun, {
      actor,
      operation: 'eraseFlows',
      target: `address:${address}`,
      after: { address, arrived_before: new Date(requested_ms).toISOString() },
    });
    const erasure = {
      address,
      requested_ms,
      requested_by: actor,
      status: ERASURE_STATUS.running,
      done_until_ms: 0,
    };
    const Item = {
      ...erasureKey(begun.audit_id),
      ...erasure,
      [TTL_ATTRIBUTE]: Math.ceil((requested_ms + LONGEST_HOURS * HOUR_MS) / 1000),
    };
    return {
      actions: [
        { Put: { TableName: tables.traffic, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
        audit,
      ],
      result: { id: begun.audit_id, ...erasure },
    };
  });
}

/** Stores the job's progress. An erasure that is done stays done. */
export async function changeErasure(
  { client, table }: FlowStateStore,
  id: string,
  set: Partial<Pick<FlowErasure, 'status' | 'done_until_ms' | 'finished_ms'>>,
): Promise<void> {
  await client.send(new UpdateCommand(updateItem({ table, key: erasureKey(id), set })));
}
