// Child process of the usage benchmark: simulates one shape of a network and sends what it used. The handlers
// keep what they know in their modules, and the clock is the whole process's, so each shape has a process.

import { LOCAL_CREDENTIALS, LOCAL_CREDENTIALS_ENVIRONMENT } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';
import { createTable } from '../../test/support/create-table.ts';
import { countClients } from './counting-clients.ts';
import { deployedFunctions } from './deployed-functions.ts';
import type { Shape } from './fleet.ts';
import { simulateClock } from './simulated-clock.ts';
import { Simulation } from './simulation.ts';

/** A Sunday, ten minutes before an hour ends: what is merged, rolled up and compared once an hour is within what counts. */
const START = Date.UTC(2026, 2, 15, 11, 50);

const { shape, minutes } = JSON.parse(process.argv[2]!) as { shape: Shape; minutes: number };
const dynamodb = await startDynamoDb({ heapMiB: 1024 });
try {
  const client = makeDocumentClient({
    endpoint: dynamodb.endpoint,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
  });
  await createTable(client, 'audit');
  await createTable(client, 'network');
  await createTable(client, 'traffic');
  await createTable(client, 'cache', { expiryIndex: true });
  client.destroy();
  Object.assign(process.env, {
    ...LOCAL_CREDENTIALS_ENVIRONMENT,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AUDIT_TABLE: 'audit',
    NETWORK_TABLE: 'network',
    TRAFFIC_TABLE: 'traffic',
    CACHE_TABLE: 'cache',
    FLOW_BUCKET: 'flow-log',
    EXPORT_BUCKET: 'exports',
    EXPORT_FUNCTION: 'export',
    SNAPSHOT_GROUP_FUNCTION: 'snapshot-group',
    USER_POOL_ID: 'us-east-1_users',
    GRAPHQL_URL: 'http://127.0.0.1:9/graphql',
    POWERTOOLS_METRICS_NAMESPACE: 'Patronus',
    POWERTOOLS_DEV: 'false',
    FLOW_LOG: shape.flows > 0 ? 'on' : 'off',
  });
  const clock = simulateClock(START);
  const counting = countClients();
  const functions = await deployedFunctions(counting);
  const usage = await new Simulation({ counting, clock, functions, shape, start: START }).run(minutes);
  clock.restore();
  process.send!(usage);
} finally {
  await dynamodb.stop();
}
process.disconnect();
// Handlers keep connections and timers for their next call.
process.exit();
