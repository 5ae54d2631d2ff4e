/** What a client needs to know of a system to sign in and ask. */
export interface ClientSystem {
  region: string;
  user_pool_id: string;
  user_pool_client_id: string;
  /** Of the GraphQL API. */
  graphql: string;
  /** Groups of people, the strongest first. */
  groups: readonly string[];
  mfa?: 'NONE' | 'OPTIONAL' | 'REQUIRED';
  password_policy?: PasswordPolicy;
  /** The hosted sign-in pages, where there are some. */
  oauth?: HostedSignIn;
  /** What Amplify has no place for. */
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
  /** Where a browser may be after signing in, … */
  redirect_sign_in_uri: readonly string[];
  /** … and after signing out. */
  redirect_sign_out_uri: readonly string[];
}

/** The content of `amplify_outputs.json`: the client configuration of Amplify Gen 2, version 1.4 of its schema. */
export function amplifyOutputs(system: ClientSystem): object {
  const { region, groups, mfa = 'NONE', password_policy, oauth, custom } = system;
  return {
    version: '1.4',
    auth: {
      aws_region: region,
      user_pool_id: system.user_pool_id,
      user_pool_client_id: system.user_pool_client_id,
      username_attributes: ['email'],
      standard_required_attributes: ['email'],
      user_verification_types: ['email'],
      unauthenticated_identities_enabled: false,
      mfa_configuration: mfa,
      ...(mfa !== 'NONE' && { mfa_methods: ['TOTP'] }),
      ...(password_policy && { password_policy }),
      ...(oauth && { oauth: { identity_providers: [], ...oauth, response_type: 'code' } }),
      groups: groups.map((group, precedence) => ({ [group]: { precedence } })),
    },
    data: {
      aws_region: region,
      url: system.graphql,
      default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
      authorization_types: ['AWS_IAM'],
    },
    ...(custom && { custom }),
  };
}
