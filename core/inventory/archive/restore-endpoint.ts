import type { Caller } from '../../access/caller.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import { refuseUndone } from '../../audit/undone-chain.ts';
import { count } from '../../count-words.ts';
import { Conflict } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { endpointKey } from '../model/inventory-keys.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import { endpointItem, endpointItemSchema } from '../model/site-items.ts';
import { putNew, updateSiteItem } from '../model/site-writes.ts';
import { enterOperation, newOperation } from '../removal/operation-entry.ts';
import { HAND_OVER_MS, runOperation } from '../removal/run-operation.ts';
import { readActiveSite, refuseWhileRemoving } from '../sites/active-site.ts';
import { readEndpointHead, setEndpointHeadState } from './endpoint-archive.ts';
import { runEndpointRestore } from './run-endpoint-restore.ts';

export interface EndpointRestore {
  message: string;
  audit_id: string;
  /** false: the worker function continues it. The endpoint is shown at the end. */
  finished: boolean;
}

export interface RestoreEndpoint {
  actor: Caller;
  site_id: string;
  endpoint_id: string;
  /** The operation that removed it. */
  removal_id: string;
  reverses: Reversal;
  /** When to hand over to the worker: milliseconds since the epoch. Default: 20 s from now. */
  until?: number;
}

/**
 * Restores a removed endpoint with those of its paths whose other ends exist.
 *
 * @throws NotFound · Conflict when another endpoint has its id, or its archive was restored or has
 * expired
 */
export async function restoreEndpoint(
  context: StoreContext,
  { until = context.clock() + HAND_OVER_MS, ...restore }: RestoreEndpoint,
): Promise<EndpointRestore> {
  const operation = await claim(context, restore);
  const run = await runOperation(context, operation, { run: runEndpointRestore, until, resumed: false });
  const { endpoint_id } = restore;
  const message = run.finished
    ? `Endpoint ${endpoint_id} is back with ${count(run.paths, 'path')}.`
    : `Endpoint ${endpoint_id} is being restored. ${count(run.paths, 'path')} came back so far. The restore continues in the background.`;
  return { message, audit_id: operation.audit_id, finished: run.finished };
}

/** Puts the endpoint back, still hidden, and claims its archive, in one transaction. */
function claim(
  context: StoreContext,
  { actor, site_id, endpoint_id, removal_id, reverses }: RestoreEndpoint,
): Promise<RunningOperation> {
  const { tables } = context;
  return commitChange(context, async begun => {
    await refuseUndone(context, reverses.audit_id);
    const site = await readActiveSite(context, site_id);
    refuseWhileRemoving(site);
    const head = await readEndpointHead(context, { site_id, removal_id });
    if (head?.state !== 'ARCHIVED') {
      throw new Conflict(
        `The archive of endpoint ${endpoint_id} can't be restored: it was restored before, or has expired.`,
      );
    }
    if (await readItem(context, endpointKey(site_id, endpoint_id), endpointItemSchema)) {
      throw new Conflict(
        `Site ${site_id} has an endpoint ${endpoint_id} again. Remove that one first, or keep it and create its paths again.`,
      );
    }
    const operation = newOperation(begun, {
      kind: OPERATION_KIND.restoreEndpoint,
      site_id,
      endpoint_id,
      removal_id,
      reverses,
      life: site.life,
      actor,
      endpoints: 1,
      seq: 0,
    });
    const held = { status: 'REMOVING', removal_id: operation.operation_id } as const;
    return {
      actions: [
        updateSiteItem(tables, { site, set: { removing_endpoint: endpoint_id }, event: false }),
        putNew(tables, endpointItem({ ...head.endpoint, ...held })),
        setEndpointHeadState(context, { site_id, removal_id }, { from: 'ARCHIVED', to: 'RESTORING' }),
        enterOperation(tables, operation),
      ],
      result: operation,
    };
  });
}
