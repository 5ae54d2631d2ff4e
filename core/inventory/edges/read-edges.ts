import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { HEARD_EDGES_PARTITION, heardEdgeKey } from '../../ledger/lane-keys.ts';
import type { Item } from '../../storage/item.ts';
import { parseItem, readItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { queryAll } from '../../storage/strong-reads.ts';
import {
  EDGE_PARTITION,
  type EdgeItem,
  edgeFromItem,
  edgeItemSchema,
  type RegisteredEdge,
} from './edge-items.ts';
import { type ServedEdge, servedEdge } from './edge-service.ts';

/** An edge that is in the inventory, has reported, or both. */
export interface KnownEdge {
  id: string;
  /** Its entry in the inventory, retired or not. */
  registration: RegisteredEdge | null;
}

/** An edge; undefined when it is not registered and has not reported. */
export async function readKnownEdge(context: StoreContext, id: string): Promise<KnownEdge | undefined> {
  const [item, heard] = await Promise.all([readEdgeItem(context, id), wasHeard(context, id)]);
  if (!item && !heard) return undefined;
  return { id, registration: item ? edgeFromItem(item) : null };
}

/** Up to `limit` known edges after `after`, by id (byte order). */
export async function readKnownEdges(
  context: StoreContext,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<KnownEdge[]> {
  const { client, tables } = context;
  const page = async (TableName: string, pk: string) => {
    const query = { TableName, ...keyCondition(pk, after), Limit: limit, ConsistentRead: true };
    const { Items = [] } = await repeatUntil(context, () => client.send(new QueryCommand(query)));
    return Items;
  };
  const [registered, heard] = await Promise.all([
    page(tables.network, EDGE_PARTITION),
    page(tables.traffic, HEARD_EDGES_PARTITION),
  ]);
  const ids = heard.map(({ sk }) => String(sk));
  const known = new Map(ids.map((id): [string, KnownEdge] => [id, { id, registration: null }]));
  for (const edge of registered.map(toEdge)) known.set(edge.id, { id: edge.id, registration: edge });
  return [...known.values()].sort(byEdgeId).slice(0, limit);
}

/** All edges of the inventory, including retired ones. */
export async function readRegisteredEdges(context: StoreContext): Promise<RegisteredEdge[]> {
  return (await queryAll(context, { pk: EDGE_PARTITION })).map(toEdge);
}

/** All edges that were ever registered, with their periods in service. */
export async function readServedEdges(context: StoreContext): Promise<ServedEdge[]> {
  const items = await queryAll(context, { pk: EDGE_PARTITION });
  return items.map(item => servedEdge(parseItem(edgeItemSchema, item)));
}

/** {@link readServedEdges} by the site at which each edge is registered now. */
export async function readServedEdgesBySite(context: StoreContext): Promise<Map<string, ServedEdge[]>> {
  const items = await queryAll(context, { pk: EDGE_PARTITION });
  const edges = items.map(item => parseItem(edgeItemSchema, item));
  const bySite = Map.groupBy(edges, ({ site_id }) => site_id);
  return new Map(Array.from(bySite, ([site_id, list]) => [site_id, list.map(servedEdge)]));
}

/** An edge in service, with its site. */
export type EdgeInService = ServedEdge & Pick<RegisteredEdge, 'site_id'>;

/** All edges in service, with their periods in service. */
export async function readEdgesInService(context: StoreContext): Promise<EdgeInService[]> {
  const items = (await queryAll(context, { pk: EDGE_PARTITION })).map(item =>
    parseItem(edgeItemSchema, item),
  );
  return items
    .filter(({ retired_at }) => retired_at === null)
    .map(item => ({ ...servedEdge(item), site_id: item.site_id }));
}

/** An edge's item; undefined when it is not registered. */
export function readEdgeItem(context: StoreContext, id: string): Promise<EdgeItem | undefined> {
  return readItem(context, { pk: EDGE_PARTITION, sk: id }, edgeItemSchema);
}

const toEdge = (item: Item): RegisteredEdge => edgeFromItem(parseItem(edgeItemSchema, item));

async function wasHeard(context: StoreContext, id: string): Promise<boolean> {
  const { client, tables } = context;
  const command = { TableName: tables.traffic, Key: heardEdgeKey(id), ConsistentRead: true };
  const { Item } = await repeatUntil(context, () => client.send(new GetCommand(command)));
  return Item !== undefined;
}

function keyCondition(pk: string, after: string | undefined) {
  return {
    KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
    ExpressionAttributeValues: { ':pk': pk, ...(after !== undefined && { ':after': after }) },
  };
}

/** The order of ids in a table: DynamoDB sorts by UTF-8 bytes, JavaScript by UTF-16 units. */
export function byEdgeId(a: { id: string }, b: { id: string }): number {
  return Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}
