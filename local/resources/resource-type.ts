import type { z } from 'zod';
import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';
import type { CognitoEngine } from '../engines/cognito.ts';
import type { FunctionFailure } from '../lambda/function-failure.ts';
import type { FunctionLogs } from '../lambda/function-logs.ts';
import type { Attributes, Resource } from '../template/deployment.ts';

/** A type of CloudFormation resource that runs here: what is known of it, and how it is made. */
export interface ResourceType<Properties = unknown, Value = unknown> {
  /** Such as "AWS::SQS::Queue". */
  type: string;
  /** All properties that are known. */
  schema: z.ZodType<Properties>;
  /** Types whose resources are made before. */
  after?: readonly ResourceType[];
  /**
   * What `Ref` and `Fn::GetAtt` give, where the resource's name says it: others may then refer to
   * it at any time.
   */
  attributes?(resource: Resource, host: Host): Attributes;
  /**
   * Makes a resource. `attributes` is what `Ref` and `Fn::GetAtt` give, where that wasn't known
   * before.
   */
  make?(making: Making<Properties>): MadePart<Value> | Promise<MadePart<Value>>;
  /** Starts a resource when all are made. @returns what ends it */
  start?(making: Making<Properties>): Ending | Promise<Ending>;
}

/** A type that is known and does nothing on one machine. */
export interface TypeWithoutEffect {
  type: string;
  /** Why it does nothing. */
  withoutEffect: string;
  attributes(resource: Resource): Attributes;
}

export interface Making<Properties> {
  resource: Resource;
  /** With every reference resolved. */
  properties: Properties;
  /** The resources of the types that come before. */
  made: MadeResources;
  host: Host;
}

export interface MadePart<Value> {
  attributes?: Attributes;
  /** What others use of it. */
  value: Value;
}

export interface MadeResource<Value> {
  resource: Resource;
  attributes: Attributes;
  value: Value;
}

/** The resources that were made so far. */
export interface MadeResources {
  /** All of a type, in the order of the template. */
  all<Value>(type: ResourceType<unknown, Value>): MadeResource<Value>[];
  /** @throws Error when there is none of the type, or more than one */
  theOnly<Value>(type: ResourceType<unknown, Value>): MadeResource<Value>;
}

export type Ending = () => unknown;

/** What resources are made in and with. */
export interface Host {
  engines: { dynamodb: string; kinesis: string; cognito: CognitoEngine };
  /** Address of the server that the GraphQL API is mounted in, such as http://127.0.0.1:4000. */
  server: string;
  /** `AWS_ENDPOINT_URL_…` of everything that functions may call. */
  endpointVariables: Record<string, string>;
  /** The folder of a bundle, by the object key that templates name it by. */
  assetFolders: ReadonlyMap<string, string>;
  logs: FunctionLogs;
  /** Folder to keep data in. */
  dataDirectory?: string | undefined;
  /** Where mails are written to in the place of sending them. */
  mailFile: string;
  /** Folder for files that are not to be kept. */
  scratchDirectory: string;
  /** Gets the short name of a function that failed. */
  onFunctionFailure(name: string, failure: FunctionFailure): void;
  /** Gets the short name of a queue that got a message. */
  onQueueMessage(name: string, body: Record<string, unknown>): void;
  onTrouble(what: string, details: unknown): void;
  clock: Clock;
  sleep: Sleep;
  schedule: Schedule;
}
