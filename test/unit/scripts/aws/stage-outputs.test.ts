import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeStageOutputs } from '../../../../scripts/aws/stage-outputs.ts';
import { type AwsAnswers, deployedStacks, PROD_STACKS, recordedAws } from '../../../support/recorded-aws.ts';

const POOL = { UserPoolId: 'eu-central-1_pool' };

describe('the client configuration of a stage', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-outputs-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function outputs({
    stage = 'prod',
    out = join(folder, 'outputs.json'),
    ...cognito
  }: AwsAnswers & { stage?: string; out?: string } = {}) {
    const cloudformation = recordedAws({ DescribeStacks: deployedStacks(PROD_STACKS) });
    const pool = recordedAws({
      DescribeUserPool: { UserPool: { MfaConfiguration: 'OFF' } },
      DescribeUserPoolClient: { UserPoolClient: {} },
      ListGroups: { Groups: [] },
      ...cognito,
    });
    let said = '';
    await writeStageOutputs({ stage, out }, text => (said += text), { cloudformation, cognito: pool });
    return { file: JSON.parse(await readFile(out, 'utf8')), said, calls: pool.calls };
  }

  it('contains the settings of the user pool: groups by rank, second factors, password rules, hosted pages', async () => {
    const { file, said, calls } = await outputs({
      DescribeUserPool: {
        UserPool: {
          MfaConfiguration: 'ON',
          Domain: 'patronus-prod-111122223333-eu-central-1',
          Policies: {
            PasswordPolicy: {
              MinimumLength: 12,
              RequireNumbers: true,
              RequireLowercase: true,
              RequireUppercase: true,
              RequireSymbols: false,
            },
          },
        },
      },
      DescribeUserPoolClient: {
        UserPoolClient: {
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthScopes: ['openid', 'email'],
          CallbackURLs: ['https://console.example.com/'],
          LogoutURLs: ['https://console.example.com/'],
        },
      },
      ListGroups: {
        Groups: [
          { GroupName: 'viewer', Precedence: 2 },
          { GroupName: 'admin', Precedence: 0 },
          { GroupName: 'operator', Precedence: 1 },
        ],
      },
    });
    expect(file).toEqual({
      version: '1.4',
      auth: {
        aws_region: 'eu-central-1',
        user_pool_id: 'eu-central-1_pool',
        user_pool_client_id: 'client',
        username_attributes: ['email'],
        standard_required_attributes: ['email'],
        user_verification_types: ['email'],
        unauthenticated_identities_enabled: false,
        mfa_configuration: 'REQUIRED',
        mfa_methods: ['TOTP'],
        password_policy: {
          min_length: 12,
          require_numbers: true,
          require_lowercase: true,
          require_uppercase: true,
          require_symbols: false,
        },
        oauth: {
          identity_providers: [],
          domain: 'patronus-prod-111122223333-eu-central-1.auth.eu-central-1.amazoncognito.com',
          scopes: ['openid', 'email'],
          redirect_sign_in_uri: ['https://console.example.com/'],
          redirect_sign_out_uri: ['https://console.example.com/'],
          response_type: 'code',
        },
        groups: [
          { admin: { precedence: 0 } },
          { operator: { precedence: 1 } },
          { viewer: { precedence: 2 } },
        ],
      },
      data: {
        aws_region: 'eu-central-1',
        url: 'https://api.appsync-api.eu-central-1.amazonaws.com/graphql',
        default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
        authorization_types: ['AWS_IAM'],
      },
    });
    expect(said).toBe(
      `${join(folder, 'outputs.json')} is the configuration of the Amplify client for stage prod.\n`,
    );
    expect(calls).toEqual([
      ['DescribeUserPool', POOL],
      ['DescribeUserPoolClient', { ...POOL, ClientId: 'client' }],
      ['ListGroups', POOL],
    ]);
  });

  it('has no hosted pages without a domain', async () => {
    const { file } = await outputs();
    expect([file.auth.oauth, file.auth.mfa_configuration]).toEqual([undefined, 'NONE']);
  });

  it.each([
    [
      { stage: 'staging' },
      'There is no stack Patronus-staging-Api in this account and region: deploy stage staging first, or name another with --stage and --region.',
    ],
    [
      { stage: 'nope' },
      'Setting stage must be default, prod, staging, dev or test, each but default also with a hyphen and 1 to 12 lower-case letters or digits behind it (dev-anna; without aws, amazon and cognito), but is "nope".',
    ],
    [
      { out: '/nowhere/outputs.json' },
      "/nowhere/outputs.json can't be written (ENOENT): choose another place with --out.",
    ],
  ])('rejects %j', async (given, message) => {
    await expect(outputs(given)).rejects.toThrow(new RegExp(`^${message.replace(/[()./?]/g, '\\$&')}$`));
  });
});
