import type { Caller } from '../../access/caller.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import { refuseUndone } from '../../audit/undone-chain.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { count } from '../../count-words.ts';
import { commitChange } from '../../storage/commit-change.ts';
import { updateItem } from '../../storage/item-update.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { endpointKey } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import { removeEndpointInput } from '../model/site-input.ts';
import { type EndpointItem, endpointItemSchema } from '../model/site-items.ts';
import { updateSiteItem } from '../model/site-writes.ts';
import { readActiveEndpoint, readActiveSite, refuseWhileRemoving } from '../sites/active-site.ts';
import { claimInterrupted } from './claim-interrupted.ts';
import { enterOperation, newOperation } from './operation-entry.ts';
import { HAND_OVER_MS, runOperation } from './run-operation.ts';
import { runRemoval } from './run-removal.ts';

export interface EndpointRemoval {
  message: string;
  audit_id: string;
  /** false: the worker function continues it. The endpoint and its paths are no longer shown. */
  finished: boolean;
}

export interface RemoveOptions {
  /** When to hand over to the worker: milliseconds since the epoch. Default: 20 s from now. */
  until?: number;
  /** The change that it reverses, where it undoes one. */
  reverses?: Reversal;
  /** Throws when the endpoint has changed since the change that is to be undone. */
  check?(endpoint: EndpointItem): Promise<void>;
}

/**
 * Removes an endpoint and every path that ends at it. `undo` restores them for as long as archives
 * are kept. It continues a removal that was interrupted.
 *
 * @throws ValidationError · NotFound · Conflict
 */
export async function removeEndpoint(
  context: StoreContext,
  actor: Caller,
  input: unknown,
  { until = context.clock() + HAND_OVER_MS, ...options }: RemoveOptions = {},
): Promise<EndpointRemoval> {
  const { site_id, endpoint_id } = parseInput(removeEndpointInput, input);
  const { operation, resumed } = await claim(context, actor, { ...options, site_id, endpoint_id });
  const run = await runOperation(context, operation, { run: runRemoval, until, resumed });
  const message = run.finished
    ? `Endpoint ${endpoint_id} was removed with ${count(run.paths, 'path')}.`
    : `Endpoint ${endpoint_id} is being removed. ${run.paths} of its paths are removed so far. The removal continues in the background.`;
  return { message, audit_id: operation.audit_id, finished: run.finished };
}

interface Claim {
  operation: RunningOperation;
  /** An earlier run worked on it and was interrupted. */
  resumed: boolean;
}

/** Claims the removal of an endpoint; undefined while a run works on it, or when there is none. */
async function claimInterruptedRemoval(
  context: StoreContext,
  {
    site_id,
    endpoint_id,
    reverses,
  }: { site_id: string; endpoint_id: string; reverses: Reversal | undefined },
): Promise<Claim | undefined> {
  const endpoint = await readItem(context, endpointKey(site_id, endpoint_id), endpointItemSchema);
  if (endpoint?.status !== 'REMOVING') return undefined;
  const held = { site_id, endpoint_id, operation_id: endpoint.removal_id };
  const operation = await claimInterrupted(context, { ...held, reverses });
  return operation && { operation, resumed: true };
}

/** Hides the endpoint and blocks new paths to it, in one transaction. */
function claim(
  context: StoreContext,
  actor: Caller,
  { site_id, endpoint_id, reverses, check }: RemoveOptions & { site_id: string; endpoint_id: string },
): Promise<Claim> {
  const { tables } = context;
  return commitChange(context, async begun => {
    if (reverses) await refuseUndone(context, reverses.audit_id);
    const site = await readActiveSite(context, site_id);
    if (site.removing_endpoint === endpoint_id) {
      const interrupted = await claimInterruptedRemoval(context, { site_id, endpoint_id, reverses });
      if (interrupted) return { actions: [], result: interrupted };
    }
    const endpoint = await readActiveEndpoint(context, site_id, endpoint_id);
    refuseWhileRemoving(site);
    await check?.(endpoint);
    const operation = newOperation(begun, {
      kind: OPERATION_KIND.removeEndpoint,
      site_id,
      endpoint_id,
      life: site.life,
      actor,
      endpoints: 1,
      ...(reverses && { reverses }),
      seq: 0,
    });
    const set = { removing_endpoint: endpoint_id };
    const claimEndpoint = updateItem({
      table: tables.network,
      key: endpointKey(site_id, endpoint_id),
      set: { status: 'REMOVING', removal_id: operation.operation_id },
      condition: { expression: '#status = :active', values: { active: 'ACTIVE' } },
    });
    return {
      actions: [
        updateSiteItem(tables, { site, set, event: false }),
        { Update: claimEndpoint },
        enterOperation(tables, operation),
        forgetDecisions(tables),
      ],
      result: { operation, resumed: false },
    };
  });
}
