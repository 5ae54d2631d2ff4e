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
  /** `items`, `items/name`, …; an alias stands in its field's place. */
  selectionSetList: string[];
  selectionSetGraphQL: string;
}

/** What resolver code says beside its result. */
export interface SideEffects {
  /** `util.appendError`: told to the client beside the data. */
  appendError(error: Error): void;
  /** `extensions.setSubscriptionFilter`; only where a subscription starts. */
  setSubscriptionFilter?: (filter: unknown) => void;
}
