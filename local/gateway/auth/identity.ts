import type { AuthModeName } from '../gateway-options.ts';

/** The identity of a caller, for access rules and as `ctx.identity` of resolvers. */
export interface Identity {
  mode: AuthModeName;
  /** Cognito groups; empty in the other modes. */
  groups: readonly string[];
  /** Expiry of the credentials, ms since the epoch; null: they don't expire. */
  expiresAtMs: number | null;
  /** `ctx.identity`; null with an API key. */
  shown: CognitoIdentity | IamIdentity | null;
}

export interface CognitoIdentity {
  claims: Record<string, unknown>;
  defaultAuthStrategy: 'ALLOW' | 'DENY';
  groups: string[] | null;
  issuer: string;
  sourceIp: string[];
  sub: string;
  username: string;
}

export interface IamIdentity {
  accountId: string;
  cognitoIdentityAuthProvider: null;
  cognitoIdentityAuthType: null;
  cognitoIdentityId: null;
  cognitoIdentityPoolId: null;
  sourceIp: string[];
  userArn: string;
  username: string;
}
