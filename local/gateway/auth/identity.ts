import type { AuthModeName } from '../gateway-options.ts';

/** Who calls: what access is judged by, and what resolvers see as `ctx.identity`. */
export interface Identity {
  mode: AuthModeName;
  /** Cognito groups; empty in the other modes. */
  groups: readonly string[];
  /** When the credentials end, ms since the epoch; null when they don't. */
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
