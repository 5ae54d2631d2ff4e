import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../../access/caller.ts';
import { auditPut, type ChangeOperation, changeEntry } from '../../audit/audit-entry.ts';
import { Conflict, NotFound, noPolicy } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { conditionOf, updateItem } from '../../storage/item-update.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import {
  ALL_POLICIES,
  BASELINE_PARTITION,
  type Baseline,
  type BaselineCounts,
  baselineFromItem,
  baselineItem,
} from './baselines.ts';
import { readCounters } from './read-counters.ts';

export interface ResetDone {
  audit_id: string;
  /** How many policies had counted anything. */
  policies: number;
}

interface ResetRequest {
  actor: Caller;
  slots: number;
}

/** Shows a policy's counts from zero on: a baseline is moved, no counter is touched. @throws NotFound for an id never counted or defined */
export function resetPolicyStats(
  context: StoreContext,
  { policy_id, defined, ...request }: ResetRequest & { policy_id: string; defined: boolean },
): Promise<ResetDone> {
  return reset(context, { ...request, covers: policy_id, operation: 'resetPolicyStats' }, counted => {
    const counts = counted.get(policy_id);
    if (!counts && !defined) throw noPolicy(policy_id);
    return new Map(counts && [[policy_id, counts]]);
  });
}

/** Shows the counts of all policies from zero on. */
export function resetAllStats(context: StoreContext, request: ResetRequest): Promise<ResetDone> {
  return reset(context, { ...request, covers: ALL_POLICIES, operation: 'resetAllStats' }, counted => counted);
}

/**
 * Takes a reset back: what is shown is again counted from the reset before it.
 *
 * @throws NotFound when no reset has that id · Conflict when it was undone already
 */
export function undoReset(
  context: StoreContext,
  { actor, audit_id }: { actor: Caller; audit_id: string },
): Promise<{ audit_id: string; covers: string }> {
  const { client, tables } = context;
  return commitChange(context, async () => {
    const key = { pk: BASELINE_PARTITION, sk: audit_id };
    const { Item } = await client.send(
      new GetCommand({ TableName: tables.traffic, Key: key, ConsistentRead: true }),
    );
    if (!Item) throw new NotFound(`No reset has the audit id ${JSON.stringify(audit_id)}.`);
    const { covers, undone } = baselineFromItem(Item);
    if (undone) throw new Conflict(`The reset ${audit_id} was undone already.`);
    const entry = changeEntry({
      at_ms: context.clock(),
      actor,
      operation: 'undoReset',
      target: targetOf(covers),
      before: { reset: audit_id, undone: false },
      after: { reset: audit_id, undone: true },
    });
    return {
      actions: [
        {
          Update: updateItem({
            table: tables.traffic,
            key,
            set: { undone: true },
            condition: { expression: '#undone = :no', values: { no: false } },
          }),
        },
        auditPut({ tables, entry }),
      ],
      result: { audit_id: entry.id, covers },
    };
  });
}

type Covered = (counted: Map<string, BaselineCounts>) => Map<string, BaselineCounts>;

function reset(
  context: StoreContext,
  { actor, slots, covers, operation }: ResetRequest & { covers: string; operation: ChangeOperation },
  select: Covered,
): Promise<ResetDone> {
  const { client, tables, clock } = context;
  return commitChange(context, async () => {
    const counted = await readCounters(client, tables, { slots });
    const policies = new Map(
      Array.from(select(counted), ([id, { packets, bytes }]) => [id, { packets, bytes }] as const),
    );
    const at = clock();
    const after = Object.fromEntries(
      Array.from(policies, ([id, counts]) => [
        id,
        { packets: String(counts.packets), bytes: String(counts.bytes) },
      ]),
    );
    const entry = changeEntry({ at_ms: at, actor, operation, target: targetOf(covers), after });
    const baseline: Baseline = { audit_id: entry.id, at, covers, policies, undone: false };
    return {
      actions: [
        {
          Put: {
            TableName: tables.traffic,
            Item: baselineItem(baseline),
            ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
          },
        },
        auditPut({ tables, entry }),
      ],
      result: { audit_id: entry.id, policies: policies.size },
    };
  });
}

function targetOf(covers: string): string {
  return covers === ALL_POLICIES ? 'policies' : `policy:${covers}`;
}
