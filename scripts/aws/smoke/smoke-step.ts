import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { GraphqlClient } from '../../../core/appsync/graphql-client.ts';
import type { SigningCredentials } from '../../../core/appsync/sign-post.ts';
import type { SignRecord } from '../../../core/report/sign-record.ts';
import type { Clock, Sleep } from '../../../core/time/clock.ts';

/** The steps, in their order. */
export const STEP_NAMES = [
  'sign-in',
  'network',
  'edge',
  'roles',
  'counts',
  'commands',
  'machine',
  'undo',
  'export',
  'alarm',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** One step of a smoke test, with the steps that it depends on. */
export interface SmokeStep {
  name: StepName;
  /** What the step proves if it succeeds, for the table. */
  proves: string;
  /** Steps that must have succeeded before this one. */
  needs: readonly StepName[];
  /**
   * Returns the observation, in a few words.
   * @throws EdgeError with the observation if it is not as expected
   */
  run(bench: Bench): Promise<string>;
}

/** Returns the credentials of a role's session, renewed before they expire. */
export type ReadCredentials = () => Promise<SigningCredentials & { sessionToken?: string }>;

/** The system under test: a deployed stage, one on an emulator, or the local system. */
export interface SmokeSystem {
  /** For messages, such as "stage prod, eu-central-1". */
  title: string;
  region: string;
  graphql: string;
  /** Name of the report stream. */
  stream: string;
  /** Steps that this system cannot show, each with the reason. */
  notShown: Partial<Record<StepName, string>>;
  /** The API as an administrator; a user created for it is deleted after the test. */
  signIn(bench: Bench): Promise<{ admin: GraphqlClient; detail: string }>;
  /** Sessions of a role for this edge and of a read-only role. */
  makeRoles(bench: Bench, edge_id: string): Promise<Roles>;
  /** The stream, reached as the edge. */
  kinesis(credentials: ReadCredentials): KinesisClient;
  /** Sets an alarm and waits for it at its own receiver. Not called if `notShown` has the step. */
  alarmArrives(bench: Bench): Promise<string>;
}

export interface Roles {
  edge: ReadCredentials;
  reader: ReadCredentials;
  detail: string;
}

/** Two sites with an endpoint each, and a path between them. */
export interface TestNetwork {
  /** The edge's site. */
  home: string;
  peer: string;
  path_id: string;
}

/** A registered edge, and how its reports are signed. */
export interface TestEdge {
  edge_id: string;
  sign: SignRecord;
}

/** Results of earlier steps for later ones. */
export interface Made {
  admin?: GraphqlClient;
  network?: TestNetwork;
  edge?: TestEdge;
  roles?: Roles;
}

/** The environment of a step. */
export interface Bench {
  system: SmokeSystem;
  /** Part of the names of everything that the test creates. */
  run_id: string;
  made: Made;
  /**
   * Aborted when the person interrupts the test: the steps end, and their effects are undone
   * nevertheless.
   */
  signal: AbortSignal;
  clock: Clock;
  sleep: Sleep;
  /** Registers how to undo something that is created right afterwards; undone in reverse order. */
  undo(what: string, action: () => Promise<unknown>): void;
  /** Prints what the step is waiting for. */
  say(line: string): void;
}

/** A result of earlier steps. @throws Error if there is none */
export function madeOf<Key extends keyof Made>(bench: Bench, key: Key): NonNullable<Made[Key]> {
  const value = bench.made[key];
  if (value == null) throw new Error(`A step needs ${key}, which no earlier step has provided.`);
  return value;
}
