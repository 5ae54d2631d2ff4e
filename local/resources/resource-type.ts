import type { z } from 'zod';
import type { Clock, Sleep } from '../../core/time/clock.ts';
import type { Schedule } from '../../core/time/schedule.ts';
import type { CognitoEngine } from '../engines/cognito.ts';
import type { FunctionFailure } from '../lambda/function-failure.ts';
import type { FunctionLogs } from '../lambda/function-logs.ts';
import type { Attributes, Resource } from '../template/deployment.ts';

/** A type of CloudFormation resource that runs here: its properties, and how it is made. */
export interface ResourceType<Properties = unknown, Value = unknown> {
  /** Such as "AWS::SQS::Queue". */
  type: string;
  /** All supported properties. */
  schema: z.ZodType<Properties>;
  /** Types whose resources are made first. */
  after?: readonly ResourceType[];
  /**
   * The values of `Ref` and `Fn::GetAtt`, if they follow from the resource's name: then other
   * resources may refer to it at any time.
   */
  attributes?(resource: Resource, host: Host): Attributes;
  /**
   * Makes a resource. `attributes` are the values of `Ref` and `Fn::GetAtt`, if they were not known
   * before.
   */
  make?(making: Making<Properties>): MadePart<Value> | Promise<MadePart<Value>>;
  /** Starts a resource when all are made. @returns a function that stops it */
  start?(making: Making<Properties>): Ending | Promise<Ending>;
}

/** A known type without effect on one machine. */
export interface TypeWithoutEffect {
  type: string;
  /** Why it has no effect. */
  withoutEffect: string;
  attributes(resource: Resource): Attributes;
}

export interface Making<Properties> {
  resource: Resource;
  /** With every reference resolved. */
  properties: Properties;
  /** The resources of the types that are made first. */
  made: MadeResources;
  host: Host;
}

export interface MadePart<Value> {
  attributes?: Attributes;
  /** The value that other resources use. */
  value: Value;
}

export interface MadeResource<Value> {
  resource: Resource;
  attributes: Attributes;
  value: Value;
}

/** The resources that have been made. */
export interface MadeResources {
  /** All of a type, in the order of the template. */
  all<Value>(type: ResourceType<unknown, Value>): MadeResource<Value>[];
  /** @throws Error if there is none of the type, or more than one */
  theOnly<Value>(type: ResourceType<unknown, Value>): MadeResource<Value>;
}

export type Ending = () => unknown;

/** The environment in which resources are made. */
export interface Host {
  engines: { dynamodb: string; kinesis: string; cognito: CognitoEngine };
  /** Address of the server that the GraphQL API is mounted in, such as http://127.0.0.1:4000. */
  server: string;
  /** `AWS_ENDPOINT_URL_…` of all services that functions may call. */
  endpointVariables: Record<string, string>;
  /** The folder of a bundle, by its object key in templates. */
  assetFolders: ReadonlyMap<string, string>;
  logs: FunctionLogs;
  /** Folder for kept data. */
  dataDirectory?: string | undefined;
  /** File to which mails are written instead of sending them. */
  mailFile: string;
  /** Folder for temporary files. */
  scratchDirectory: string;
  /** Called with the short name of a failed function. */
  onFunctionFailure(name: string, failure: FunctionFailure): void;
  /** Called with the short name of a queue that received a message. */
  onQueueMessage(name: string, body: Record<string, unknown>): void;
  onTrouble(what: string, details: unknown): void;
  clock: Clock;
  sleep: Sleep;
  schedule: Schedule;
}
