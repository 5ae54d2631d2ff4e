import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Conflict } from '../errors.ts';
import { restoreEndpoint } from '../inventory/archive/restore-endpoint.ts';
import type { Endpoint } from '../inventory/model/site.ts';
import { type EndpointItem, endpointSchema, toEndpoint } from '../inventory/model/site-items.ts';
import { removeEndpoint } from '../inventory/removal/remove-endpoint.ts';
import { countEndpointPaths } from '../inventory/sites/site-paths.ts';
import type { StoreContext } from '../storage/store-context.ts';
import type { Undoer, Undone, UndoRequest } from './undoer.ts';

const removed = z.object({
  before: z.object({ endpoint: endpointSchema }),
  after: z.object({ removal_id: z.string() }),
});

/** removeEndpoint: restores the endpoint, and those of its paths whose other ends exist. */
export const undoRemoveEndpoint: Undoer = {
  role: 'Mutation.removeEndpoint',
  has: entry => removed.safeParse(entry).success,
  undo({ context, actor, entry }) {
    const { before, after } = removed.parse(entry);
    const { site_id, id } = before.endpoint;
    return restoreEndpoint(context, {
      actor,
      site_id,
      endpoint_id: id,
      removal_id: after.removal_id,
      reverses: { audit_id: entry.id, by_undo: true },
    });
  },
};

/** addEndpoint: removes the endpoint, unless paths end at it. */
export const undoAddEndpoint: Undoer = {
  role: 'Mutation.addEndpoint',
  undo: request => removeAgain(request, { endpoint: endpointSchema.parse(request.entry.after), paths: 0 }),
};

const restored = z.object({ endpoint: endpointSchema, paths: z.number() });

/** The undo of a removal: removes the endpoint again, with the paths that were restored with it. */
export const undoRestoreEndpoint: Undoer = {
  role: 'Mutation.removeEndpoint',
  undo: request => removeAgain(request, restored.parse(request.entry.after)),
};

function removeAgain(
  { context, actor, entry }: UndoRequest,
  left: { endpoint: Endpoint; paths: number },
): Promise<Undone> {
  const { site_id, id } = left.endpoint;
  const check = (current: EndpointItem) => requireAsLeft(context, current, left);
  const reverses = { audit_id: entry.id, by_undo: true };
  return removeEndpoint(context, actor, { site_id, endpoint_id: id }, { reverses, check });
}

async function requireAsLeft(
  context: StoreContext,
  current: EndpointItem,
  { endpoint, paths }: { endpoint: Endpoint; paths: number },
): Promise<void> {
  const what = `Endpoint ${endpoint.id} of site ${endpoint.site_id}`;
  if (!isDeepStrictEqual(toEndpoint(current), endpoint)) {
    throw new Conflict(`${what} was changed since: remove it with removeEndpoint if it isn't needed.`);
  }
  const now = await countEndpointPaths(context, current);
  if (now !== paths) {
    throw new Conflict(
      `${what} has ${now} paths and was left with ${paths}: remove it with removeEndpoint if they aren't needed either.`,
    );
  }
}
