import { rmSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { amplifyOutputs } from '../../core/console/client-outputs.ts';
import { REGION } from '../aws/account.ts';
import type { SignIn } from '../provision/sign-ins.ts';

/** `.local/endpoints.json` (contract, docs). */
export interface Endpoints {
  /** Region that everything is in, for signatures. */
  region: string;
  graphql: string;
  realtime: string;
  dashboard: string;
  dynamodb: string;
  kinesis: string;
  /** Name of the Kinesis stream. */
  stream: string;
  /** Lambda's Invoke. */
  lambda: string;
  /** Name of the ingest function, for `npm run stream`. */
  ingest: string;
  cognito: string;
  users: SignIn[];
}

export interface Outputs {
  endpoints: Endpoints;
  userPoolId: string;
  userPoolClientId: string;
  groups: string[];
}

const ENDPOINTS_FILE = 'endpoints.json';
const AMPLIFY_FILE = 'amplify_outputs.json';

/** Writes the addresses of the running system, for clients and tests. */
export async function writeOutputs(folder: string, outputs: Outputs): Promise<void> {
  await mkdir(folder, { recursive: true });
  // endpoints.json is written last: programs that wait for it also find the other file.
  await writeWhole(join(folder, AMPLIFY_FILE), localOutputs(outputs));
  await writeWhole(join(folder, ENDPOINTS_FILE), outputs.endpoints);
}

/** Synchronous, so that it can run while the process exits. */
export function removeOutputs(folder: string): void {
  for (const file of [ENDPOINTS_FILE, AMPLIFY_FILE]) rmSync(join(folder, file), { force: true });
}

/** Additional set-up of a client of this system, after `Amplify.configure`. */
const LOOPBACK_SET_UP = [
  'After Amplify.configure, set Auth.Cognito.userPoolEndpoint to sign_in_endpoint: by default the client signs in at AWS.',
  'Sign in with authFlowType USER_PASSWORD_AUTH: cognito-local does not support SRP.',
  'Open WebSockets to this address with ws: instead of wss:, which the client uses for every address.',
  'web/amplify-loopback.ts has all of this as code. A deployed system needs none of it.',
] as const;

/**
 * The client configuration. In `custom` is the sign-in endpoint, and how to set up the client for a
 * system on the loopback.
 */
export function localOutputs({ endpoints, userPoolId, userPoolClientId, groups }: Outputs): object {
  return amplifyOutputs({
    region: REGION,
    graphql_url: endpoints.graphql,
    user_pool_id: userPoolId,
    user_pool_client_id: userPoolClientId,
    groups,
    second_factor: 'OPTIONAL',
    custom: {
      sign_in_endpoint: endpoints.cognito,
      on_the_loopback: {
        realtime: endpoints.realtime,
        auth_flow: 'USER_PASSWORD_AUTH',
        set_up: LOOPBACK_SET_UP,
      },
    },
  });
}

async function writeWhole(file: string, content: object): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`);
  await rename(`${file}.new`, file);
}
