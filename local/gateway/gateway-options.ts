import type { Clock } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';

/** What a GraphQL API of AppSync consists of, free of the template that it is read from. */
export interface GatewayOptions {
  /** The schema as it is deployed, with AppSync's directives and scalars. */
  schema_sdl: string;
  api: ApiOptions;
  resolvers: readonly ResolverDefinition[];
  dataSources: Readonly<Record<string, DataSource>>;
  /** Functions of pipeline resolvers, by the id that resolvers name them by. */
  functions?: Readonly<Record<string, PipelineFunction>>;
  /** Region that signatures must be made for. */
  region: string;
  /** Whoever signs with these is a machine. */
  credentials: LocalCredentials;
  /**
   * Path of the GraphQL endpoint; the real-time one is at `<path>/realtime`. Default `/graphql`.
   */
  path?: string;
  clock?: Clock;
  schedule?: Schedule;
  /** Told of what clients are not: faults of resolvers and functions. */
  log?: (message: string, details: Record<string, unknown>) => void;
}

export interface ApiOptions {
  /** Who may call where the schema says nothing. */
  defaultMode: AuthMode;
  additionalModes?: readonly AuthMode[];
  /** Deepest nesting of a query; 0 or left out: no limit. */
  queryDepthLimit?: number;
  /** Most resolvers run for a request; 0 or left out: no limit. */
  resolverCountLimit?: number;
  /** Default true. */
  introspection?: boolean;
  /** `ctx.env` of the resolvers. */
  environment?: Readonly<Record<string, string>>;
}

export type AuthMode = CognitoMode | IamMode | ApiKeyMode;

export interface CognitoMode {
  type: 'AMAZON_COGNITO_USER_POOLS';
  /** The `iss` of its tokens. */
  issuer: string;
  jwksUri: string;
  /** Clients whose tokens count; left out: all clients of the pool. */
  clientIds?: readonly string[];
  /** What fields without groups do to people; only meant for the default mode. Default ALLOW. */
  defaultAction?: 'ALLOW' | 'DENY';
}

interface IamMode {
  type: 'AWS_IAM';
}

export interface ApiKeyMode {
  type: 'API_KEY';
  keys: readonly { id: string; expiresAtMs: number }[];
}

export type AuthModeName = AuthMode['type'];

/** A unit resolver names its data source, a pipeline resolver its functions in their order. */
export type ResolverDefinition = {
  typeName: string;
  fieldName: string;
  /** Source of an APPSYNC_JS module with `request` and `response`. */
  code: string;
} & ({ dataSource: string } | { pipeline: readonly string[] });

interface PipelineFunction {
  code: string;
  dataSource: string;
}

export type DataSource = LambdaDataSource | { type: 'NONE' };

interface LambdaDataSource {
  type: 'AWS_LAMBDA';
  /**
   * Runs the function; rejects when it failed or timed out, as an Error whose `name` is Lambda's
   * error type.
   */
  invoke(event: unknown): Promise<unknown>;
}

export interface LocalCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Who signs with them, as functions see it. Default: a user `local` of account 000000000000. */
  userArn?: string;
}
