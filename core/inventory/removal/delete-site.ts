import type { Caller } from '../../access/caller.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import { refuseUndone } from '../../audit/undone-chain.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { count } from '../../count-words.ts';
import { NotFound } from '../../errors.ts';
import { commitChange } from '../../storage/commit-change.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { parseInput } from '../model/parse-input.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import { SITE_STATUS } from '../model/site.ts';
import { siteIdInput } from '../model/site-input.ts';
import type { SiteItem } from '../model/site-items.ts';
import { updateSiteItem } from '../model/site-writes.ts';
import { beingChanged, readActiveSite, refuseWhileRemoving } from '../sites/active-site.ts';
import { claimInterrupted } from './claim-interrupted.ts';
import { enterOperation, newOperation, readLastOperation } from './operation-entry.ts';
import { type DeletionRun, runDeletion } from './run-deletion.ts';
import { HAND_OVER_MS, runOperation } from './run-operation.ts';

export interface SiteDeletion {
  /** For a person: how many paths and endpoints were deleted, or that the deletion continues. */
  message: string;
  audit_id: string;
  /**
   * false: the worker function continues it. The site is no longer shown and accepts no new paths
   * or endpoints.
   */
  finished: boolean;
}

export interface DeleteOptions {
  /** When to hand over to the worker: milliseconds since the epoch. Default: 20 s from now. */
  until?: number;
  /** The change that it reverses, where it undoes one. */
  reverses?: Reversal;
  /** Throws when the site has changed since the change that is to be undone. */
  check?(site: SiteItem): Promise<void>;
}

/**
 * Deletes a site with its endpoints and its paths, on both sides, and archives them. It continues a
 * deletion that was interrupted, and then returns that deletion's audit id.
 *
 * @throws ValidationError · NotFound · Conflict while the site is being deleted or restored
 */
export async function deleteSite(
  context: StoreContext,
  actor: Caller,
  input: unknown,
  { until = context.clock() + HAND_OVER_MS, ...options }: DeleteOptions = {},
): Promise<SiteDeletion> {
  const { site_id } = parseInput(siteIdInput, input);
  const { operation, name, resumed } = await claim(context, actor, { ...options, site_id });
  const run = await runOperation(context, operation, { run: runDeletion, until, resumed });
  return { message: message(name, run), audit_id: operation.audit_id, finished: run.finished };
}

interface Claim {
  operation: RunningOperation;
  name: string;
  /** An earlier run worked on it and was interrupted. */
  resumed: boolean;
}

/** Hides the site and blocks all other changes of it, in one transaction. */
function claim(
  context: StoreContext,
  actor: Caller,
  { site_id: siteId, reverses, check }: Pick<DeleteOptions, 'reverses' | 'check'> & { site_id: string },
): Promise<Claim> {
  const { tables } = context;
  const began = context.clock();
  return commitChange(context, async begun => {
    if (reverses) await refuseUndone(context, reverses.audit_id);
    const site = await readSiteToDelete(context, siteId, began);
    if (site.status === SITE_STATUS.deleting) {
      return { actions: [], result: await claimInterruptedDeletion(context, site, reverses) };
    }
    await check?.(site);
    const operation = newOperation(begun, {
      kind: OPERATION_KIND.deleteSite,
      site_id: siteId,
      life: site.life,
      actor,
      endpoints: 0,
      ...(reverses && { reverses }),
      seq: site.seq + 1,
    });
    const set = { status: SITE_STATUS.deleting, operation_id: operation.operation_id };
    return {
      actions: [
        updateSiteItem(tables, { site, set, event: true }),
        enterOperation(tables, operation),
        forgetDecisions(tables),
      ],
      result: { operation, name: site.name, resumed: false },
    };
  });
}

/** Claims the deletion that holds a site. @throws Conflict while a run works on it */
async function claimInterruptedDeletion(
  context: StoreContext,
  site: SiteItem,
  reverses: Reversal | undefined,
): Promise<Claim> {
  const held = { site_id: site.id, operation_id: site.operation_id };
  const operation = await claimInterrupted(context, { ...held, reverses });
  if (!operation) throw beingChanged(site);
  return { operation, name: site.name, resumed: true };
}

/** Reads a site that is active or being deleted. */
async function readSiteToDelete(context: StoreContext, siteId: string, began: number): Promise<SiteItem> {
  try {
    const site = await readActiveSite(context, siteId, { or: SITE_STATUS.deleting });
    refuseWhileRemoving(site);
    return site;
  } catch (cause) {
    if (cause instanceof NotFound && (await wasDeletedSince(context, siteId, began))) {
      // Another deletion of the site finished during this request: a conflict, although the site
      // is gone.
      throw beingChanged({ id: siteId, status: SITE_STATUS.deleting });
    }
    throw cause;
  }
}

async function wasDeletedSince(context: StoreContext, siteId: string, began: number): Promise<boolean> {
  const last = await readLastOperation(context, siteId);
  return last?.kind === OPERATION_KIND.deleteSite && (last.ended_ms ?? began) >= began;
}

function message(name: string, run: DeletionRun): string {
  if (!run.finished) {
    return `Site ${name} is being deleted and no longer shown. ${run.paths} of its paths are deleted so far. The deletion continues in the background.`;
  }
  const undo = run.restorable_until ? ` It can be restored until ${run.restorable_until}.` : '';
  return `Site ${name} was deleted with ${count(run.endpoints, 'endpoint')} and ${count(run.paths, 'path')}.${undo}`;
}
