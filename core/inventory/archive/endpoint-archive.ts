import { z } from 'zod';
import { updateItem } from '../../storage/item-update.ts';
import { readItem } from '../../storage/parse-item.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { archiveHeadKey, endpointArchive } from '../model/inventory-keys.ts';
import type { RunningOperation } from '../model/running-operation.ts';
import type { Endpoint } from '../model/site.ts';
import { type EndpointItem, endpointSchema, toEndpoint } from '../model/site-items.ts';
import { archiveExpiry } from './archive-head.ts';

/** The head of a removed endpoint's archive; chunks hold its paths. */
export interface EndpointHead {
  state: 'ARCHIVED' | 'RESTORING' | 'RESTORED';
  /** Audit entry of the removal. */
  audit_id: string;
  endpoint: Endpoint;
  paths: number;
}

const headSchema: z.ZodType<EndpointHead> = z.object({
  state: z.enum(['ARCHIVED', 'RESTORING', 'RESTORED']),
  audit_id: z.string(),
  endpoint: endpointSchema,
  paths: z.number(),
});

/** One removal of an endpoint, which has an archive of its own. */
interface EndpointRemoval {
  site_id: string;
  removal_id: string;
}

const keyOf = ({ site_id, removal_id }: EndpointRemoval) =>
  archiveHeadKey(endpointArchive(site_id, removal_id));

/** The head of a removal's archive; undefined when it has expired. */
export const readEndpointHead = (
  context: StoreContext,
  removal: EndpointRemoval,
): Promise<EndpointHead | undefined> => readItem(context, keyOf(removal), headSchema);

/** Puts the archive's head at the end of a removal. */
export function putEndpointHead(
  context: StoreContext,
  {
    operation: { site_id, operation_id, audit_id },
    endpoint,
    paths,
  }: { operation: RunningOperation; endpoint: EndpointItem; paths: number },
): WriteAction {
  const head: EndpointHead = { state: 'ARCHIVED', audit_id, endpoint: toEndpoint(endpoint), paths };
  const Item = {
    ...keyOf({ site_id, removal_id: operation_id }),
    ...head,
    [TTL_ATTRIBUTE]: archiveExpiry(context),
  };
  return { Put: { TableName: context.tables.network, Item } };
}

/** Changes the state of an archive's head, only from `from`: so it commits once. */
export function setEndpointHeadState(
  { tables }: StoreContext,
  removal: EndpointRemoval,
  { from, to }: { from: EndpointHead['state']; to: EndpointHead['state'] },
): WriteAction {
  return {
    Update: updateItem({
      table: tables.network,
      key: keyOf(removal),
      set: { state: to },
      condition: { expression: '#state = :from', values: { from } },
    }),
  };
}
