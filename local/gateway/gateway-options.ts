import type { Clock } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';

/** The parts of a GraphQL API of AppSync, independent of the template. */
export interface GatewayOptions {
  /** The schema as it is deployed, with AppSync's directives and scalars. */
  schema_sdl: string;
  api: ApiOptions;
  resolvers: readonly ResolverDefinition[];
  dataSources: Readonly<Record<string, DataSource>>;
  /** Functions of pipeline resolvers, by id. */
  functions?: Readonly<Record<string, PipelineFunction>>;
  /** Region that signatures must be made for. */
  region: string;
  /** Credentials of machines. */
  credentials: LocalCredentials;
  /**
   * Path of the GraphQL endpoint; the real-time one is at `<path>/realtime`. Default `/graphql`.
   */
  path?: string;
  clock?: Clock;
  schedule?: Schedule;
  /** Called for faults of resolvers and functions, which clients don't see. */
  log?: (message: string, details: Record<string, unknown>) => void;
}

export interface ApiOptions {
  /** The access for fields without directives in the schema. */
  defaultMode: AuthMode;
  additionalModes?: readonly AuthMode[];
  /** Maximum nesting of a query; 0 or left out: no limit. */
  queryDepthLimit?: number;
  /** Maximum number of resolvers per request; 0 or left out: no limit. */
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
  /** Clients whose tokens are accepted; default: all clients of the pool. */
  clientIds?: readonly string[];
  /** Access of people to fields without groups; only for the default mode. Default ALLOW. */
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

/** A unit resolver has a data source, a pipeline resolver a list of functions. */
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
   * Runs the function. If it fails or times out, it rejects with an Error whose `name` is Lambda's
   * error type.
   */
  invoke(event: unknown): Promise<unknown>;
}

export interface LocalCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** The ARN of the signer for functions. Default: a user `local` of account 000000000000. */
  userArn?: string;
}
