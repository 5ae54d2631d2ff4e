import { expect, it } from 'vitest';
import { auditAction } from '../../../core/audit/audit-action.ts';
import { readUndoneBy } from '../../../core/audit/find-entry.ts';
import { beginOperation } from '../../../core/storage/begun-operation.ts';
import { ConditionFailed } from '../../../core/storage/retrying.ts';
import { writeChange } from '../../../core/storage/write-change.ts';
import { admin } from '../../support/network-bed.ts';
import { withNetwork } from '../../support/use-network.ts';

it('undoes a change at most once, also for concurrent requests that nothing else separates', () =>
  withNetwork(async ({ context }) => {
    const reverses = { audit_id: '01KKRNW4G00000000000000000', by_undo: true };
    const change = { actor: admin, operation: 'deletePolicy', target: 'policy:p-1', reverses } as const;
    const undo = async () => {
      const begun = beginOperation(context);
      await writeChange(context, [auditAction(context.tables, begun, change)]);
      return begun.audit_id;
    };
    const results = await Promise.allSettled([undo(), undo(), undo(), undo()]);
    const undone = results.flatMap(each => (each.status === 'fulfilled' ? each.value : []));
    const refused = results.flatMap(each => (each.status === 'rejected' ? each.reason : []));
    expect(undone).toEqual([await readUndoneBy(context, reverses.audit_id)]);
    expect(refused.map(cause => cause instanceof ConditionFailed)).toEqual([true, true, true]);
    await expect(undo()).rejects.toThrow(ConditionFailed);
  }));
