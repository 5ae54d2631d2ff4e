import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import type { TableNames } from '../../../core/storage/tables.ts';
import type { SystemAddress } from './supervised-system.ts';

export interface SoakTables {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

const KINDS = ['audit', 'network', 'traffic', 'cache'] as const;

/** The tables of a running system. */
export async function openTables({ dynamodb: endpoint, region }: SystemAddress): Promise<SoakTables> {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region, credentials: LOCAL_CREDENTIALS }),
  );
  const { TableNames: names = [] } = await client.send(new ListTablesCommand({}));
  const named = KINDS.map(kind => [kind, names.find(name => name.toLowerCase().includes(kind))] as const);
  return { client, tables: Object.fromEntries(named) as unknown as TableNames };
}
