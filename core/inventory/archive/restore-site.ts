import type { Caller } from '../../access/caller.ts';
import { count } from '../../count-words.ts';
import { Conflict, NotFound } from '../../errors.ts';
import type { BegunOperation } from '../../storage/begun-operation.ts';
import { type Change, commitChange } from '../../storage/commit-change.ts';
import { updateItem } from '../../storage/item-update.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { archiveHeadKey, archiveListKey } from '../model/inventory-keys.ts';
import { parseInput } from '../model/parse-input.ts';
import { OPERATION_KIND, type RunningOperation } from '../model/running-operation.ts';
import { SITE_STATUS } from '../model/site.ts';
import { siteIdInput } from '../model/site-input.ts';
import { endpointItem, readSiteItem, type SiteItem, siteItem } from '../model/site-items.ts';
import { putNew } from '../model/site-writes.ts';
import { claimInterrupted } from '../removal/claim-interrupted.ts';
import { enterOperation, newOperation } from '../removal/operation-entry.ts';
import { HAND_OVER_MS, runOperation } from '../removal/run-operation.ts';
import { beingChanged } from '../sites/active-site.ts';
import { type ArchiveHead, archivedSite, readArchiveHead } from './archive-head.ts';
import { readSkipped } from './archived-paths.ts';
import type { SkippedPath } from './path-fates.ts';
import { type RestoreRun, runRestore } from './run-restore.ts';

export interface SiteRestore {
  message: string;
  audit_id: string;
  /** Paths that stay in the archive, because the peer or an endpoint is gone. */
  skipped: SkippedPath[];
  /** false: the worker function continues it. The site is shown at the end. */
  finished: boolean;
}

export interface RestoreOptions {
  /** When to hand over to the worker: milliseconds since the epoch. Default: 20 s from now. */
  until?: number;
  /** For `undo`: restores only what this deletion deleted, and no other one of the site. */
  undoes?: string;
}

/**
 * Restores a deleted site under its old ids, with its endpoints and the paths whose peers exist. It
 * can be repeated: it continues a restore that was interrupted, and answers again for one that is
 * done.
 *
 * @throws ValidationError · NotFound when the site didn't exist or its archive has expired ·
 * Conflict while it is deleted or restored
 */
export async function restoreSite(
  context: StoreContext,
  actor: Caller,
  input: unknown,
  { until = context.clock() + HAND_OVER_MS, undoes }: RestoreOptions = {},
): Promise<SiteRestore> {
  const { site_id } = parseInput(siteIdInput, input);
  const claim = await claimRestore(context, actor, { site_id, undoes });
  if ('done' in claim) return claim.done;
  const { operation, name, resumed } = claim;
  const run: RestoreRun = await runOperation(context, operation, { run: runRestore, until, resumed });
  return {
    message: message(name, operation, run),
    audit_id: operation.audit_id,
    skipped: run.skipped ?? [],
    finished: run.finished,
  };
}

type Claim = { operation: RunningOperation; name: string; resumed: boolean } | { done: SiteRestore };

async function claimRestore(
  context: StoreContext,
  actor: Caller,
  { site_id: siteId, undoes }: { site_id: string; undoes: string | undefined },
): Promise<Claim> {
  const began = context.clock();
  return commitChange(context, async begun => {
    const head = await readArchiveHead(context, siteId);
    if (undoes !== undefined) refuseOtherDeletion(head, { siteId, undoes });
    return head?.state === 'ARCHIVED'
      ? planClaim(context, { actor, head, begun, by_undo: undoes !== undefined })
      : { actions: [], result: await joinRestore(context, { siteId, head, began }) };
  });
}

/** @throws Conflict when the site was restored or deleted again after the deletion */
function refuseOtherDeletion(
  head: ArchiveHead | undefined,
  { siteId, undoes }: { siteId: string; undoes: string },
): void {
  if (head?.audit_id === undoes && head.state !== 'RESTORED') return;
  throw new Conflict(
    head?.state === 'ARCHIVED'
      ? `Site ${siteId} was restored and deleted again since: undo that deletion, ${head.audit_id}.`
      : `Site ${siteId} was already restored.`,
  );
}

interface NewRestore {
  actor: Caller;
  head: ArchiveHead;
  begun: BegunOperation;
  by_undo: boolean;
}

/**
 * Puts the site back with its endpoints, still hidden, and claims the archive's head. It commits
 * once: the site must not exist.
 */
function planClaim(context: StoreContext, { actor, head, begun, by_undo }: NewRestore): Change<Claim> {
  const { tables } = context;
  const { site_id, deleted_at, restorable_until } = head;
  if (Date.parse(restorable_until) <= context.clock()) {
    throw new NotFound(
      `Site ${site_id} was deleted on ${deleted_at} and could be restored until ${restorable_until}.`,
    );
  }
  const { site, endpoints } = archivedSite(head);
  const operation = newOperation(begun, {
    kind: OPERATION_KIND.restoreSite,
    site_id,
    life: site.life + 1,
    actor,
    endpoints: endpoints.length,
    reverses: { audit_id: head.audit_id, by_undo },
    seq: site.seq + 1,
  });
  const { operation_id, life } = operation;
  const restoring = {
    ...site,
    status: SITE_STATUS.restoring,
    version: site.version + 1,
    life,
    operation_id,
  };
  return {
    actions: [
      claimHead(context, head),
      { Delete: { TableName: tables.network, Key: archiveListKey(deleted_at, site_id) } },
      putNew(tables, siteItem(restoring)),
      ...endpoints.map(endpoint => putNew(tables, endpointItem(endpoint))),
      enterOperation(tables, operation),
    ],
    result: { operation, name: site.name, resumed: false },
  };
}

/** Claims an archived head, only for the deletion that was read. */
function claimHead({ tables }: StoreContext, { site_id, audit_id }: ArchiveHead): WriteAction {
  return {
    Update: updateItem({
      table: tables.network,
      key: archiveHeadKey(site_id),
      set: { state: 'RESTORING' },
      condition: { expression: '#audit_id = :audit', values: { audit: audit_id } },
    }),
  };
}

interface Begun {
  siteId: string;
  head: ArchiveHead | undefined;
  began: number;
}

/** Continues a restore that was interrupted, or answers again for one that is done. */
async function joinRestore(context: StoreContext, { siteId, head, began }: Begun): Promise<Claim> {
  const site = await readSiteItem(context, siteId);
  if (site === undefined)
    throw new NotFound(`There is no deleted site ${siteId}. deletedSites lists those that can be restored.`);
  if (site.status === SITE_STATUS.deleting) throw beingChanged(site);
  if (site.status === SITE_STATUS.restoring) return resumeRestore(context, site);
  if (head?.state !== 'RESTORED') throw new Conflict(`Site ${siteId} is not deleted.`);
  if (Date.parse(head.restored_at!) >= began) {
    throw beingChanged({ id: siteId, status: SITE_STATUS.restoring });
  }
  const skipped = await readSkipped(context, siteId);
  const message = `Site ${site.name} was already restored on ${head.restored_at}.${skippedMessage(skipped)}`;
  return { done: { message, audit_id: head.restore_audit_id!, skipped, finished: true } };
}

async function resumeRestore(context: StoreContext, site: SiteItem): Promise<Claim> {
  const operation = await claimInterrupted(context, { site_id: site.id, operation_id: site.operation_id });
  if (!operation) throw beingChanged(site);
  return { operation, name: site.name, resumed: true };
}

function message(name: string, { endpoints }: RunningOperation, run: RestoreRun): string {
  if (!run.finished) {
    return `Site ${name} is being restored. ${count(run.paths, 'path')} came back so far. The restore continues in the background, and the site is shown at its end.`;
  }
  return `Site ${name} is back with ${count(endpoints, 'endpoint')} and ${count(run.paths, 'path')}.${skippedMessage(run.skipped)}`;
}

function skippedMessage(skipped: SkippedPath[]): string {
  const peers = skipped.filter(({ reason }) => reason === 'PEER_GONE').length;
  const endpoints = skipped.length - peers;
  return [
    peers > 0 ? ` ${count(peers, 'path')} will come back when the site at the other end is restored.` : '',
    endpoints > 0 ? ` ${count(endpoints, 'path')} can't come back: an endpoint was removed.` : '',
  ].join('');
}
