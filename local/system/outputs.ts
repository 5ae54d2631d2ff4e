import { rmSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Writes how to reach the running system, for clients and tests. */
export async function writeOutputs(folder: string, outputs: Outputs): Promise<void> {
  await mkdir(folder, { recursive: true });
  // A program that waits for endpoints.json finds the other file there.
  await writeWhole(join(folder, AMPLIFY_FILE), amplifyOutputs(outputs));
  await writeWhole(join(folder, ENDPOINTS_FILE), outputs.endpoints);
}

/** Synchronous, so that it can run while the process exits. */
export function removeOutputs(folder: string): void {
  for (const file of [ENDPOINTS_FILE, AMPLIFY_FILE]) rmSync(join(folder, file), { force: true });
}

/** The client configuration of Amplify Gen 2; `custom` names the sign-in endpoint, which Amplify has no place for. */
function amplifyOutputs({ endpoints, userPoolId, userPoolClientId, groups }: Outputs): object {
  return {
    version: '1.4',
    auth: {
      aws_region: REGION,
      user_pool_id: userPoolId,
      user_pool_client_id: userPoolClientId,
      username_attributes: ['email'],
      standard_required_attributes: ['email'],
      user_verification_types: ['email'],
      unauthenticated_identities_enabled: false,
      mfa_configuration: 'NONE',
      groups: groups.map((group, precedence) => ({ [group]: { precedence } })),
    },
    data: {
      aws_region: REGION,
      url: endpoints.graphql,
      default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
      authorization_types: ['AWS_IAM'],
    },
    custom: { sign_in_endpoint: endpoints.cognito },
  };
}

async function writeWhole(file: string, content: object): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`);
  await rename(`${file}.new`, file);
}
