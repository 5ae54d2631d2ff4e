import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { HEARD_EDGES_PARTITION, heardEdgeKey } from '../traffic/lane-keys.ts';
import { EDGE_PARTITION, type EdgeItem, edgeFromItem, type RegisteredEdge } from './edge-items.ts';
import type { NetworkContext } from './network-context.ts';

type Reading = Pick<NetworkContext, 'client' | 'tables'>;

/** An edge that is in the inventory, was heard from, or both. */
export interface KnownEdge {
  id: string;
  /** Its entry in the inventory, retired or not. */
  registration: RegisteredEdge | null;
}

/** One edge; undefined when it is neither registered nor was ever heard from. */
export async function readKnownEdge(reading: Reading, id: string): Promise<KnownEdge | undefined> {
  const [item, heard] = await Promise.all([readEdgeItem(reading, id), wasHeard(reading, id)]);
  if (!item && !heard) return undefined;
  return { id, registration: item ? edgeFromItem(item) : null };
}

/** Known edges by id (byte order), those after `after` only, `limit` at most. */
export async function readKnownEdges(
  { client, tables }: Reading,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<KnownEdge[]> {
  const page = async (TableName: string, pk: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({ TableName, ...keyCondition(pk, after), Limit: limit, ConsistentRead: true }),
    );
    return Items as EdgeItem[];
  };
  const [registered, heard] = await Promise.all([
    page(tables.network, EDGE_PARTITION),
    page(tables.traffic, HEARD_EDGES_PARTITION),
  ]);
  const known = new Map(heard.map(({ sk }): [string, KnownEdge] => [sk, { id: sk, registration: null }]));
  for (const item of registered) known.set(item.sk, { id: item.sk, registration: edgeFromItem(item) });
  return [...known.values()].sort(byBytes).slice(0, limit);
}

/** All edges that are expected to report. */
export async function readExpectedEdges({ client, tables }: Reading): Promise<RegisteredEdge[]> {
  const found: EdgeItem[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tables.network,
        ...keyCondition(EDGE_PARTITION),
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    found.push(...((page.Items ?? []) as EdgeItem[]));
    from = page.LastEvaluatedKey;
  } while (from);
  return found.map(edgeFromItem).filter(edge => edge.retired_at === null);
}

/** The inventory's item of an edge, or undefined. */
export async function readEdgeItem({ client, tables }: Reading, id: string): Promise<EdgeItem | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tables.network, Key: { pk: EDGE_PARTITION, sk: id }, ConsistentRead: true }),
  );
  return Item as EdgeItem | undefined;
}

async function wasHeard({ client, tables }: Reading, id: string): Promise<boolean> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tables.traffic, Key: heardEdgeKey(id), ConsistentRead: true }),
  );
  return Item !== undefined;
}

function keyCondition(pk: string, after?: string) {
  return {
    KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
    ExpressionAttributeValues: { ':pk': pk, ...(after !== undefined && { ':after': after }) },
  };
}

// DynamoDB sorts by UTF-8 bytes, JavaScript by UTF-16 units.
function byBytes(a: KnownEdge, b: KnownEdge): number {
  return Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}
