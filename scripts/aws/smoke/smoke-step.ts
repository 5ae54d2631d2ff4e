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

/** One thing that a smoke test shows, with what it needs of others. */
export interface SmokeStep {
  name: StepName;
  /** What is proven when it runs through, for the table. */
  proves: string;
  /** Where one of these has shown nothing, neither can this one. */
  needs: readonly StepName[];
  /** Gives what was seen, in a few words. @throws EdgeError saying what was seen in place of it */
  run(bench: Bench): Promise<string>;
}

/** Gives the credentials of a role's session, renewed where they end. */
export type ReadCredentials = () => Promise<SigningCredentials & { sessionToken?: string }>;

/** What the steps work on: a deployed stage, an emulator's or the local system. */
export interface SmokeSystem {
  /** For people, such as "stage prod, eu-central-1". */
  title: string;
  region: string;
  graphql: string;
  /** Name of the report stream. */
  stream: string;
  /** Steps that this system can't show, each with the reason. */
  notShown: Partial<Record<StepName, string>>;
  /** An administrator's API; whoever was made for it is gone after the test. */
  signIn(bench: Bench): Promise<{ admin: GraphqlClient; detail: string }>;
  /** Sessions of a role for this edge and of one that only reads. */
  makeRoles(bench: Bench, edge_id: string): Promise<Roles>;
  /** The stream, reached as the edge. */
  kinesis(credentials: ReadCredentials): KinesisClient;
  /**
   * Sets an alarm off and waits for it at a receiver of its own. Not called where `notShown` names
   * the step.
   */
  alarmArrives(bench: Bench): Promise<string>;
}

export interface Roles {
  edge: ReadCredentials;
  reader: ReadCredentials;
  detail: string;
}

/** Two sites with an endpoint each, and a path between them. */
export interface TestNetwork {
  /** Where the edge stands. */
  home: string;
  peer: string;
  path_id: string;
}

/** A registered edge, and how its reports are signed. */
export interface TestEdge {
  edge_id: string;
  sign: SignRecord;
}

/** What earlier steps have made for later ones. */
export interface Made {
  admin?: GraphqlClient;
  network?: TestNetwork;
  edge?: TestEdge;
  roles?: Roles;
}

/** What a step has at hand. */
export interface Bench {
  system: SmokeSystem;
  /** In the name of all that the test makes. */
  run_id: string;
  made: Made;
  /**
   * Aborted when the person at the terminal has had enough: steps end, what was made is taken back
   * all the same.
   */
  signal: AbortSignal;
  clock: Clock;
  sleep: Sleep;
  /**
   * Notes how something that is made right after is taken back; the last noted is the first taken
   * back.
   */
  undo(what: string, action: () => Promise<unknown>): void;
  /** Says what is waited for. */
  say(line: string): void;
}

/** What the steps before have made. */
export function madeOf<Key extends keyof Made>(bench: Bench, key: Key): NonNullable<Made[Key]> {
  const value = bench.made[key];
  if (value == null) throw new Error(`A step needs ${key}, which no step before it has made.`);
  return value;
}
