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
  /** Paths whose peer is gone, now noted under the peer. */
  noted: PathItem[];
}

export interface StepInput {
  /** The site that is there again, in this life. */
  site_id: string;
  life: number;
  /** The operation that restores, which becomes the paths' revision. */
  operation_id: string;
  /** The endpoint that is restored, if it isn't the site. */
  endpoint_id?: string;
  /** Whether the site is shown already, so that a path is used from then on. */
  shown: boolean;
  chunk: ArchiveChunk;
  /** All that is in the chunk. */
  paths: PathItem[];
  /** What becomes of those that aren't decided yet. */
  fates: Map<PathItem, Fate>;
  /** Actions that the transaction may have. */
  max_actions: number;
  /** Seconds since the epoch: how long what stays is kept. */
  expires_at: number;
}

/**
 * The site's own check and its endpoint's, the chunk and, where the site is shown, the decisions.
 */
const OTHER_ACTIONS = 4;

/**
 * One transaction that brings back as many of a chunk's paths as it has room for: each out of the
 * chunk and into both sites, which must be there, as must be the peer's endpoint. In the site's own
 * archive a path whose peer is gone is noted under the peer; in another one's it is left alone.
 */
export function planStep(tables: TableNames, input: StepInput): Step {
  const { site_id, life, endpoint_id, operation_id, shown, chunk, paths, fates, expires_at } = input;
  const restored: PathItem[] = [];
  const noted: PathItem[] = [];
  // One action on an item, however many paths need it.
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
      path: reborn(path, fate.peer_life, input),
      peer,
      input,
      peer_life: fate.peer_life,
    });
  const own = archiveOwner(chunk.pk) === site_id;
  return own && fate.reason === 'PEER_GONE' ? noteActions(tables, peer, input) : [];
}

function reborn(path: PathItem, peer_life: number, { site_id, life, operation_id }: StepInput): PathItem {
  const isSource = path.source_site_id === site_id;
  return {
    ...path,
    rev: operation_id,
    source_life: isSource ? life : peer_life,
    destination_life: isSource ? peer_life : life,
  };
}

interface Reborn {
  path: PathItem;
  peer: string;
  peer_life: number;
  input: StepInput;
}

function restoreActions(
  tables: TableNames,
  { path, peer, peer_life, input: { site_id } }: Reborn,
): [string, WriteAction][] {
  const endpoint = path.source_site_id === peer ? path.source_endpoint_id : path.destination_endpoint_id;
  return [
    [`site ${peer}`, checkSiteIsThere(tables, peer, peer_life)],
    [`endpoint ${peer} ${endpoint}`, checkEndpoint(tables, peer, endpoint)],
    [`path ${path.id} ${site_id}`, putNew(tables, pathItem(path, site_id))],
    [`path ${path.id} ${peer}`, putNew(tables, pathItem(path, peer))],
  ];
}

/**
 * Notes under a gone peer that a chunk holds paths which come back with it, unless it has come back
 * meanwhile.
 */
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
