/** What a client needs to know of a system. */
export interface ClientOutputs {
  region: string;
  graphql_url: string;
  user_pool_id: string;
  user_pool_client_id: string;
  /** Groups of people, in descending order of rights. */
  groups: readonly string[];
  /** Whether people may or must use a second factor. */
  second_factor: 'NONE' | 'OPTIONAL' | 'REQUIRED';
  /** Requirements for passwords. */
  password_policy?: PasswordPolicy;
  /** The hosted sign-in pages, if there are any. */
  oauth?: HostedSignIn;
  /** Values that Amplify's configuration has no field for. */
  custom?: object;
}

export interface PasswordPolicy {
  min_length: number;
  require_numbers: boolean;
  require_lowercase: boolean;
  require_uppercase: boolean;
  require_symbols: boolean;
}

export interface HostedSignIn {
  /** Host name, without a scheme. */
  domain: string;
  scopes: readonly string[];
  /** Addresses allowed after signing in. */
  redirect_sign_in_uri: readonly string[];
  /** Addresses allowed after signing out. */
  redirect_sign_out_uri: readonly string[];
}

/**
 * The client configuration of Amplify Gen 2, `amplify_outputs.json`, of a local or deployed system.
 */
export function amplifyOutputs(outputs: ClientOutputs): object {
  const { region, graphql_url, user_pool_id, user_pool_client_id, groups, second_factor, custom } = outputs;
  const { password_policy, oauth } = outputs;
  return {
    version: '1.4',
    auth: {
      aws_region: region,
      user_pool_id,
      user_pool_client_id,
      username_attributes: ['email'],
      standard_required_attributes: ['email'],
      user_verification_types: ['email'],
      unauthenticated_identities_enabled: false,
      mfa_configuration: second_factor,
      ...(second_factor !== 'NONE' && { mfa_methods: ['TOTP'] }),
      ...(password_policy && { password_policy }),
      ...(oauth && { oauth: { identity_providers: [], ...oauth, response_type: 'code' } }),
      groups: groups.map((group, precedence) => ({ [group]: { precedence } })),
    },
    data: {
      aws_region: region,
      url: graphql_url,
      default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
      authorization_types: ['AWS_IAM'],
    },
    ...(custom && { custom }),
  };
}
