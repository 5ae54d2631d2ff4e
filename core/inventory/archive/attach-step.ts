import { forgetDecisions } from '../../cache/forget-decisions.ts';
import { type TableNames, TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { waitingKey } from '../model/inventory-keys.ts';
import { peerOf } from '../model/site.ts';
import { type PathItem, pathItem } from '../model/site-items.ts';
import {
  checkEndpoint,
  checkEndpointIsHeld,
  checkSiteIsGone,
  checkSiteIsThere,
  putNew,
} from '../model/site-writes.ts';
import { type ArchiveChunk, archiveOwner, rewriteChunk } from './archive-chunk.ts';
import type { Fate } from './path-fates.ts';

export interface Step {
  /** Empty when there is nothing to do. */
  actions: WriteAction[];
  restored: PathItem[];
  /** Paths whose peer is gone, noted under the peer. */
  noted: PathItem[];
}

export interface StepInput {
  /** The restored site, and the life that it has now. */
  site_id: string;
  life: number;
  /** The restore, whose id becomes the paths' revision. */
  operation_id: string;
  /** The restored endpoint, where the restore is one of an endpoint. */
  endpoint_id?: string;
  /** Whether the site is shown already: then restored paths are used at once. */
  shown: boolean;
  chunk: ArchiveChunk;
  /** All paths in the chunk. */
  paths: PathItem[];
  /** The fates of the paths that are to be restored or noted. */
  fates: Map<PathItem, Fate>;
  /** How many actions the transaction may have. */
  max_actions: number;
  /** When the remaining paths expire: seconds since the epoch. */
  expires_at: number;
}

/**
 * Other actions of the transaction: the checks of the site and of its endpoint, the chunk and,
 * where the site is shown, the decisions.
 */
const OTHER_ACTIONS = 4;

/**
 * Plans one transaction, of at most `max_actions`, that restores paths of a chunk: it moves each
 * from the chunk into both sites, only while these and the peer's endpoint exist. A path whose peer
 * is gone is noted under the peer, only where the chunk is in the site's own archive.
 */
export function planStep(tables: TableNames, input: StepInput): Step {
  const { site_id, life, endpoint_id, operation_id, shown, chunk, paths, fates, expires_at } = input;
  const restored: PathItem[] = [];
  const noted: PathItem[] = [];
  // A transaction may have at most one action on an item, whatever the number of paths.
  const byItem = new Map<string, WriteAction>();
  for (const [path, fate] of fates) {
    const needed = neededFor(tables, { path, fate, input }).filter(([key]) => !byItem.has(key));
    if (byItem.size + needed.length + OTHER_ACTIONS > input.max_actions) break;
    for (const [key, action] of needed) byItem.set(key, action);
    (fate.restore ? restored : noted).push(path);
  }
  if (byItem.size === 0) return { actions: [], restored, noted };
  const left = paths.filter(path => !restored.includes(path));
  return {
    actions: [
      checkSiteIsThere(tables, site_id, life),
      ...(endpoint_id === undefined
        ? []
        : [checkEndpointIsHeld(tables, { site_id, endpoint_id, operation_id })]),
      rewriteChunk(tables, chunk, { paths: left, expires_at }),
      ...byItem.values(),
      ...(shown ? [forgetDecisions(tables)] : []),
    ],
    restored,
    noted,
  };
}

interface Need {
  path: PathItem;
  fate: Fate;
  input: StepInput;
}

function neededFor(tables: TableNames, { path, fate, input }: Need): [string, WriteAction][] {
  const { site_id, chunk } = input;
  const peer = peerOf(path, site_id);
  if (fate.restore)
    return restoreActions(tables, {
      path: inNewLives(path, fate.peer_life, input),
      peer,
      input,
      peer_life: fate.peer_life,
    });
  const own = archiveOwner(chunk.pk) === site_id;
  return own && fate.reason === 'PEER_GONE' ? noteActions(tables, peer, input) : [];
}

function inNewLives(path: PathItem, peer_life: number, { site_id, life, operation_id }: StepInput): PathItem {
  const isSource = path.source_site_id === site_id;
  return {
    ...path,
    rev: operation_id,
    source_life: isSource ? life : peer_life,
    destination_life: isSource ? peer_life : life,
  };
}

interface Restored {
  path: PathItem;
  peer: string;
  peer_life: number;
  input: StepInput;
}

function restoreActions(
  tables: TableNames,
  { path, peer, peer_life, input: { site_id } }: Restored,
): [string, WriteAction][] {
  const endpoint = path.source_site_id === peer ? path.source_endpoint_id : path.destination_endpoint_id;
  return [
    [`site ${peer}`, checkSiteIsThere(tables, peer, peer_life)],
    [`endpoint ${peer} ${endpoint}`, checkEndpoint(tables, peer, endpoint)],
    [`path ${path.id} ${site_id}`, putNew(tables, pathItem(path, site_id))],
    [`path ${path.id} ${peer}`, putNew(tables, pathItem(path, peer))],
  ];
}

/** Notes under a peer that a chunk has paths which wait for it: only while the peer is gone. */
function noteActions(
  tables: TableNames,
  peer: string,
  { site_id, operation_id, chunk, expires_at }: StepInput,
): [string, WriteAction][] {
  const Item = {
    ...waitingKey(peer, site_id, chunk.sk),
    chunk_pk: chunk.pk,
    chunk_sk: chunk.sk,
    operation_id,
    [TTL_ATTRIBUTE]: expires_at,
  };
  return [
    [`site ${peer}`, checkSiteIsGone(tables, peer)],
    [`note ${peer}`, { Put: { TableName: tables.network, Item } }],
  ];
}
