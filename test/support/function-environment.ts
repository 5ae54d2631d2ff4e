import { vi } from 'vitest';
import { LOCAL_CREDENTIALS_ENVIRONMENT } from '../../core/local-credentials.ts';
import { dynamodbEndpoint } from './local-client.ts';
import type { TestTables } from './tables.ts';

/**
 * Gives the process the environment of a deployed function on DynamoDB Local, and the function's
 * own settings. Must be called before the handler's module is loaded; `vi.unstubAllEnvs` reverts
 * it.
 */
export function stubFunctionEnvironment({ tables }: TestTables, own: Record<string, string> = {}): void {
  const environment = {
    AUDIT_TABLE: tables.audit,
    NETWORK_TABLE: tables.network,
    TRAFFIC_TABLE: tables.traffic,
    CACHE_TABLE: tables.cache,
    FLOW_BUCKET: 'flow-log',
    // No server listens there; a test that needs S3 sets its own address.
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint(),
    AWS_REGION: 'eu-central-1',
    ...LOCAL_CREDENTIALS_ENVIRONMENT,
    POWERTOOLS_METRICS_NAMESPACE: 'Patronus',
    POWERTOOLS_DEV: 'false',
    ...own,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
