import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { compilePolicies } from '../../core/policy/policy-match.ts';
import { DistinctFlows } from '../../core/recorder/distinct-flows.ts';
import { Recorder } from '../../core/recorder/recorder.ts';
import { EdgeError } from '../edge-error.ts';
import { readPoliciesFile } from '../policies/policies-file.ts';
import { NO_POLICIES, type PolicySet } from '../policies/policy-set.ts';
import { readSystemPolicies } from '../policies/system-policies.ts';
import type { Reporter } from '../reporting/reporter.ts';
import { noSystem, openGraphql } from '../system/open-graphql.ts';
import type { CountingSessionOptions } from './counting-session-options.ts';

/** A flow that was idle for longer is no longer active. */
const FLOW_IDLE_MS = 300_000;

/** One run of an edge: a recorder with its policies, and the reports of what it counts. */
export interface CountingSession {
  recorder: Recorder;
  policySet: PolicySet;
  /** With `exact_flows` only. */
  distinct: DistinctFlows | undefined;
  /** Unset in a dry run. */
  reporter: Reporter | undefined;
  /** Of the run's first boot; unset in a dry run. */
  boot_id: string | undefined;
  /** Where the edge keeps what outlives its runs; unset in a dry run. */
  folder: string | undefined;
  graphql: GraphqlClient | undefined;
  /** Makes a report of what was counted up to a moment of traffic time. @throws SpoolError */
  report(at_ms: number): Promise<void>;
  /** @throws EdgeError when the boot id that was given had counted other traffic before */
  checkBoot(): void;
  close(): Promise<void>;
}

/** @throws EdgeError when policies, system or spool can't be used. */
export async function openCountingSession(options: CountingSessionOptions): Promise<CountingSession> {
  const graphql = await openGraphql(options.target);
  if (!options.dry_run && !graphql && options.target.stream === undefined) throw noSystem();
  const policySet = await choosePolicies(options, graphql);
  const distinct = options.exact_flows ? new DistinctFlows() : undefined;
  const recorder = new Recorder({
    endpoint_id: options.endpoint_id,
    ...(distinct && { distinct_flows: distinct }),
  });
  recorder.setPolicies(compilePolicies(policySet.policies));
  // The AWS client takes longer to load than many a capture to count: only what sends loads it.
  const sending = options.dry_run
    ? undefined
    : await import('./sending.ts').then(({ openSending }) => openSending(options, { graphql, policySet }));
  return {
    recorder,
    policySet,
    distinct,
    reporter: sending?.reporter,
    boot_id: sending?.boot_id,
    folder: sending?.folder,
    graphql,
    async report(at_ms) {
      recorder.cleanupStaleFlows(FLOW_IDLE_MS, at_ms);
      await sending?.reporter.report(recorder.takeInterval());
    },
    checkBoot() {
      sending?.checkBoot();
    },
    async close() {
      await sending?.close();
    },
  };
}

async function choosePolicies(
  { policies, dry_run, say }: CountingSessionOptions,
  graphql: GraphqlClient | undefined,
): Promise<PolicySet> {
  if (policies) return readPoliciesFile(policies.path, policies.shownAs);
  if (!graphql) {
    say('No policies file and no system to ask: everything counts under "default".');
    return NO_POLICIES;
  }
  try {
    return await readSystemPolicies(graphql);
  } catch (cause) {
    if (!dry_run || !(cause instanceof EdgeError)) throw cause;
    say(`${cause.message} Everything counts under "default".`);
    return NO_POLICIES;
  }
}
