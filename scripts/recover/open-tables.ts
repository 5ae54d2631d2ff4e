import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import type { TableNames } from '../../core/storage/tables.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { findLocalSystem } from '../../edge/system/local-system.ts';
import { localTable } from '../local-table.ts';

/** The system whose tables are used. */
export interface TablesOptions {
  /** In the cloud: the names of the tables. */
  table?: string;
  audit?: string;
  network?: string;
  region?: string;
  profile?: string;
  /** The `.local` folder of a running local system. */
  system: string;
}

export interface OpenTables {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/** @throws EdgeError when no system is named and none is running on this machine */
export async function openTables(options: TablesOptions): Promise<OpenTables> {
  const { table, audit, network, region, profile } = options;
  if (table !== undefined || network !== undefined || audit !== undefined) {
    if (table === undefined || network === undefined || audit === undefined) {
      throw new EdgeError(
        'In the cloud name three tables, --table (Traffic), --network and --audit: outputs of the stacks.',
      );
    }
    const client = makeDocumentClient({ ...(region && { region }), ...(profile && { profile }) });
    return { client, tables: { audit, traffic: table, network, cache: '' } };
  }
  const local = await findLocalSystem(options.system);
  if (!local?.dynamodb) {
    throw new EdgeError(
      'No system is running on this machine: start it with npm start, or name the tables in the cloud with --table, --network and --audit.',
    );
  }
  const config = { region: local.region, credentials: LOCAL_CREDENTIALS };
  const client = makeDocumentClient({ ...config, endpoint: local.dynamodb });
  const [auditTable, traffic, networkTable] = await Promise.all([
    localTable(client, 'audit'),
    localTable(client, 'traffic'),
    localTable(client, 'network'),
  ]);
  return { client, tables: { audit: auditTable, traffic, network: networkTable, cache: '' } };
}
