import { rename, writeFile } from 'node:fs/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListGroupsCommand,
  type UserPoolClientType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { amplifyOutputs, type ClientOutputs } from '../../core/console/client-outputs.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { type AwsOptions, clientConfig } from './aws-options.ts';
import { findStage } from './find-stage.ts';

/** The AWS clients that it uses. */
export interface OutputsAws {
  cloudformation: Pick<CloudFormationClient, 'send'>;
  cognito: Pick<CognitoIdentityProviderClient, 'send'>;
}

/**
 * Writes `amplify_outputs.json` of a stage. @throws EdgeError when it isn't deployed, or the file
 * can't be written
 */
export async function writeStageOutputs(
  options: AwsOptions & { out: string },
  write: (text: string) => void,
  aws?: OutputsAws,
): Promise<number> {
  const config = clientConfig(options);
  const { cloudformation, cognito } = aws ?? {
    cloudformation: new CloudFormationClient(config),
    cognito: new CognitoIdentityProviderClient(config),
  };
  const stage = await findStage(cloudformation, options);
  const system = await readClientOutputs(cognito, {
    region: stage.output('Api', 'Region'),
    graphql_url: stage.output('Api', 'GraphqlUrl'),
    user_pool_id: stage.output('Api', 'UserPoolId'),
    user_pool_client_id: stage.output('Api', 'UserPoolClientId'),
  });
  await writeWhole(options.out, `${JSON.stringify(amplifyOutputs(system), undefined, 2)}\n`);
  write(`${options.out} is the configuration of the Amplify client for ${stage.title}.\n`);
  return 0;
}

/** The outputs, with the settings of the deployed user pool. */
async function readClientOutputs(
  cognito: OutputsAws['cognito'],
  known: Pick<ClientOutputs, 'region' | 'graphql_url' | 'user_pool_id' | 'user_pool_client_id'>,
): Promise<ClientOutputs> {
  const { user_pool_id: UserPoolId, user_pool_client_id: ClientId } = known;
  const [{ UserPool }, { UserPoolClient }, { Groups = [] }] = await Promise.all([
    cognito.send(new DescribeUserPoolCommand({ UserPoolId })),
    cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })),
    cognito.send(new ListGroupsCommand({ UserPoolId })),
  ]);
  const groups = Groups.toSorted((a, b) => (a.Precedence ?? 0) - (b.Precedence ?? 0));
  return {
    ...known,
    groups: groups.map(({ GroupName }) => GroupName!),
    ...poolSettings(UserPool ?? {}),
    ...hostedSignIn(UserPool ?? {}, UserPoolClient ?? {}, known.region),
  };
}

const MFA = { OFF: 'NONE', OPTIONAL: 'OPTIONAL', ON: 'REQUIRED' } as const;

function poolSettings({
  MfaConfiguration,
  Policies,
}: UserPoolType): Pick<ClientOutputs, 'second_factor' | 'password_policy'> {
  const policy = Policies?.PasswordPolicy;
  return {
    second_factor: MFA[MfaConfiguration ?? 'OFF'],
    ...(policy && {
      password_policy: {
        min_length: policy.MinimumLength ?? 8,
        require_numbers: policy.RequireNumbers ?? false,
        require_lowercase: policy.RequireLowercase ?? false,
        require_uppercase: policy.RequireUppercase ?? false,
        require_symbols: policy.RequireSymbols ?? false,
      },
    }),
  };
}

function hostedSignIn(
  { Domain, CustomDomain }: UserPoolType,
  client: UserPoolClientType,
  region: string,
): Pick<ClientOutputs, 'oauth'> {
  const domain = CustomDomain ?? (Domain && `${Domain}.auth.${region}.amazoncognito.com`);
  if (!domain || !client.AllowedOAuthFlowsUserPoolClient) return {};
  return {
    oauth: {
      domain,
      scopes: client.AllowedOAuthScopes ?? [],
      redirect_sign_in_uri: client.CallbackURLs ?? [],
      redirect_sign_out_uri: client.LogoutURLs ?? [],
    },
  };
}

async function writeWhole(file: string, text: string): Promise<void> {
  try {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new EdgeError(`${file} can't be written (${code}): choose another place with --out.`, { cause });
  }
}
