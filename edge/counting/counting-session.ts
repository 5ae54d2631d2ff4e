import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { compilePolicies } from '../../core/policy/policy-match.ts';
import { DistinctFlows } from '../../core/recorder/distinct-flows.ts';
import { Recorder } from '../../core/recorder/recorder.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import type { Reporter } from '../reporting/reporter.ts';
import type { EdgeState } from '../spool/edge-state.ts';
import { type KeptSystem, openKeptSystem } from '../spool/kept-system.ts';
import { SpoolError } from '../spool/spool.ts';
import { spoolFolder } from '../spool/spool-folder.ts';
import { noSystem, openGraphql } from '../system/open-graphql.ts';
import { systemName } from '../system/system-name.ts';
import type { NotNew } from './boot-reuse.ts';
import { choosePolicies } from './choose-policies.ts';
import type { CountingSessionOptions } from './counting-session-options.ts';

/** A flow that is idle for longer is not active. */
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
  /** The edge's folder for data that outlives its runs; unset in a dry run. */
  folder: string | undefined;
  graphql: GraphqlClient | undefined;
  /** The edge's state file; only for unattended runs. */
  state: EdgeState | undefined;
  /** The system's last answers; only for unattended runs. */
  kept: KeptSystem | undefined;
  /**
   * Makes a report of everything that was counted up to a moment of traffic time.
   * @throws SpoolError
   */
  report(at_ms: number): Promise<void>;
  /** Milliseconds since the last attempt to make a report, or since the session was opened. */
  sinceReportMs(): number;
  /** @throws EdgeError if the given boot id has already counted other traffic */
  checkBoot(): void;
  /** Which of the sent reports were already counted under the given boot id. */
  notNew(): NotNew | undefined;
  close(): Promise<void>;
}

/** @throws EdgeError if policies, system or spool can't be used */
export async function openCountingSession(options: CountingSessionOptions): Promise<CountingSession> {
  const graphql = await openGraphql(options.target);
  if (!options.dry_run && !graphql && options.target.stream === undefined) throw noSystem();
  const kept = await openKept(options);
  const policySet = await choosePolicies(options, { graphql, kept });
  const distinct = options.exact_flows ? new DistinctFlows() : undefined;
  const recorder = new Recorder({
    endpoint_id: options.endpoint_id,
    ...(distinct && { distinct_flows: distinct }),
  });
  recorder.setPolicies(compilePolicies(policySet.policies));
  // The AWS client takes longer to load than many captures take to count, so it is loaded only for
  // sending.
  const sending = options.dry_run
    ? undefined
    : await import('./sending.ts').then(({ openSending }) =>
        openSending(options, { graphql, policySet, kept }),
      );
  let reported_ms = performance.now();
  return {
    recorder,
    policySet,
    distinct,
    reporter: sending?.reporter,
    boot_id: sending?.boot_id,
    folder: sending?.folder,
    graphql,
    kept,
    state: sending?.state,
    async report(at_ms) {
      recorder.cleanupStaleFlows(FLOW_IDLE_MS, at_ms);
      if (!sending) return;
      const { reporter, state } = sending;
      try {
        await reporter.report(recorder.takeInterval());
        state?.reported(reporter.position);
        state?.well('spool');
      } catch (cause) {
        if (cause instanceof SpoolError) state?.trouble('spool', cause.message, true);
        throw cause;
      } finally {
        reported_ms = performance.now();
      }
    },
    sinceReportMs: () => performance.now() - reported_ms,
    checkBoot() {
      sending?.checkBoot();
    },
    notNew: () => sending?.notNew(),
    async close() {
      await kept?.settled();
      await sending?.close();
    },
  };
}

async function openKept({
  unattended,
  dry_run,
  target,
  ...options
}: CountingSessionOptions): Promise<KeptSystem | undefined> {
  if (!unattended || dry_run) return undefined;
  const system = await systemName(target);
  if (system === undefined) return undefined;
  const folder = spoolFolder({ ...options, system: target.system });
  return openKeptSystem({ folder, system, onTrouble: options.onTrouble });
}
