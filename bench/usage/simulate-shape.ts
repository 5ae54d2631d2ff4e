// Child process of the usage benchmark: simulates one shape of a network and sends its use.
// Handlers keep state in their modules, and the clock belongs to the whole process, so each shape
// needs a process.

import { LOCAL_CREDENTIALS, LOCAL_CREDENTIALS_ENVIRONMENT } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';
import { createTable } from '../../test/support/create-table.ts';
import { countClients } from './counting-clients.ts';
import type { DeployedFacts } from './deployed-facts.ts';
import { deployedFunctions } from './deployed-functions.ts';
import type { Shape } from './fleet.ts';
import { countPublications } from './publications.ts';
import { simulatedApi } from './simulated-api.ts';
import { simulateClock } from './simulated-clock.ts';
import type { SimulatedUsage } from './simulated-usage.ts';
import { type SimulatedTime, Simulation } from './simulation.ts';
import { type FollowedTable, TableChanges } from './table-changes.ts';
import { startUserPool } from './user-pool.ts';

/**
 * A Sunday, ten minutes before the end of an hour, so that hourly merges, rollups and comparisons
 * are within the measured time.
 */
const START = Date.UTC(2026, 2, 15, 11, 50);

/** The parent's message to a simulation. */
export interface SimulationTask extends SimulatedTime {
  shape: Shape;
  broadcast_filters: DeployedFacts['broadcast_filters'];
}

/** Its messages to the parent: the use so far, and finally the total. */
export interface SimulationMessage {
  usage: SimulatedUsage;
  done: boolean;
}

const { shape, broadcast_filters, ...time } = JSON.parse(process.argv[2]!) as SimulationTask;
const GRAPHQL_URL = 'http://api.local/graphql';
const dynamodb = await startDynamoDb({ heapMiB: 1024 });
const userPool = await startUserPool();
try {
  const client = makeDocumentClient({
    endpoint: dynamodb.endpoint,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
  });
  const followed = [
    { name: 'audit', filters: broadcast_filters.audit },
    { name: 'network', filters: broadcast_filters.network },
  ];
  const tables: FollowedTable[] = [];
  for (const { name, filters } of followed) {
    tables.push({ stream_arn: (await createTable(client, name, { stream: true }))!, filters });
  }
  await createTable(client, 'traffic');
  await createTable(client, 'cache', { expiryIndex: true });
  client.destroy();
  Object.assign(process.env, {
    ...LOCAL_CREDENTIALS_ENVIRONMENT,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: userPool.endpoint,
    AUDIT_TABLE: 'audit',
    NETWORK_TABLE: 'network',
    TRAFFIC_TABLE: 'traffic',
    CACHE_TABLE: 'cache',
    FLOW_BUCKET: 'flow-log',
    EXPORT_BUCKET: 'exports',
    EXPORT_FUNCTION: 'export',
    SNAPSHOT_GROUP_FUNCTION: 'snapshot-group',
    USER_POOL_ID: 'us-east-1_users',
    GRAPHQL_URL,
    POWERTOOLS_METRICS_NAMESPACE: 'Patronus',
    POWERTOOLS_DEV: 'false',
    FLOW_LOG: shape.flows > 0 ? 'on' : 'off',
    ...(shape.lanes_a_group !== undefined && { LANES_A_GROUP: String(shape.lanes_a_group) }),
  });
  const clock = simulateClock(START);
  const counting = countClients();
  const functions = await deployedFunctions();
  const api = simulatedApi(functions);
  const changes = new TableChanges(dynamodb.endpoint, tables, functions);
  const simulation = new Simulation({ counting, clock, functions, api, changes, shape, start: START });
  const publishing = countPublications(GRAPHQL_URL, {
    edges: shape.edges,
    onPublished: published => simulation.hear(published),
  });
  const tell = (usage: SimulatedUsage, done: boolean) => process.send!({ usage, done });
  const usage = await simulation.run(time, publishing, soFar => tell(soFar, false));
  clock.restore();
  tell(usage, true);
} finally {
  userPool.stop();
  await dynamodb.stop();
}
process.disconnect();
// Handlers keep connections and timers for their next call.
process.exit();
