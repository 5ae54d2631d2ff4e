import type { CognitoIdentity, IamIdentity } from '../auth/identity.ts';

/** `ctx` of APPSYNC_JS. */
export interface ResolverContext {
  arguments: Record<string, unknown>;
  args: Record<string, unknown>;
  identity: CognitoIdentity | IamIdentity | null;
  source: unknown;
  info: FieldInfo;
  request: { headers: Readonly<Record<string, string>>; domainName: null };
  stash: Record<string, unknown>;
  env: Readonly<Record<string, string>>;
  prev: { result: unknown } | null;
  result: unknown;
  error: { message: string; type: string } | null;
  outErrors: unknown[];
}

interface FieldInfo {
  fieldName: string;
  parentTypeName: string;
  variables: Record<string, unknown>;
  /** `items`, `items/name`, …; aliases replace the names of their fields. */
  selectionSetList: string[];
  selectionSetGraphQL: string;
}

/** Effects of resolver code in addition to its result. */
export interface SideEffects {
  /** `util.appendError`: sent to the client together with the data. */
  appendError(error: Error): void;
  /** `extensions.setSubscriptionFilter`; only where a subscription starts. */
  setSubscriptionFilter?: (filter: unknown) => void;
}
