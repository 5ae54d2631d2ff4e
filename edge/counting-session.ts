import { join } from 'node:path';
import { ulid } from 'ulid';
import { z } from 'zod';
import { DistinctFlows } from '../core/traffic/distinct-flows.ts';
import { compilePolicies } from '../core/traffic/policy-match.ts';
import { Recorder } from '../core/traffic/recorder.ts';
import { EdgeError } from './edge-error.ts';
import { readPoliciesFile } from './policies/policies-file.ts';
import { expectedPairs, NO_POLICIES, type PolicySet } from './policies/policy-set.ts';
import { readSystemPolicies } from './policies/system-policies.ts';
import { RecordSender } from './record-sender.ts';
import { Reporter } from './reporter.ts';
import { openDiskSpool } from './spool/disk-spool.ts';
import type { Spool } from './spool/spool.ts';
import type { GraphqlClient } from './system/graphql-client.ts';
import { openGraphql, openTarget, type Target, type TargetOptions } from './system/target.ts';

export interface CountingSessionOptions {
  edge_id: string;
  /** Without it the site that the edge is registered at. */
  site_id?: string;
  endpoint_id: string;
  boot_id?: string;
  /** A policies file, and how to call it in messages. */
  policies?: { path: string; shownAs: string };
  interval_s: number;
  listed_flows: number;
  /** Sends nothing. */
  dry_run: boolean;
  /** Counts flows exactly at any number of flows, which takes memory for each. */
  exact_flows: boolean;
  /** Without a report taken for so long, sending gives up. */
  patience_ms?: number;
  spool?: string;
  target: TargetOptions;
  /** Tells the user something on the way. */
  say: (line: string) => void;
  onTrouble: (line: string) => void;
}

/** A flow that was idle for longer is no longer active. */
const FLOW_IDLE_MS = 300_000;

/** The site of an edge that nobody registered or named one for. */
const NO_SITE = '00000000-0000-0000-0000-000000000000';

/** One run of an edge: a recorder with its policies, and the reports of what it counts. */
export interface CountingSession {
  recorder: Recorder;
  policySet: PolicySet;
  /** With `exact_flows` only. */
  distinct: DistinctFlows | undefined;
  /** Unset in a dry run. */
  reporter: Reporter | undefined;
  graphql: GraphqlClient | undefined;
  /** Makes a report of what was counted up to a moment of traffic time. @throws SpoolError */
  report(at_ms: number): Promise<void>;
  close(): Promise<void>;
}

/** @throws EdgeError when policies, system or spool can't be used. */
export async function openCountingSession(options: CountingSessionOptions): Promise<CountingSession> {
  const target = options.dry_run ? undefined : await openTarget(options.target);
  const graphql = target?.graphql ?? (options.dry_run ? await openGraphql(options.target) : undefined);
  const policySet = await choosePolicies(options, graphql);
  const distinct = options.exact_flows ? new DistinctFlows() : undefined;
  const recorder = new Recorder({
    endpoint_id: options.endpoint_id,
    ...(distinct && { distinct_flows: distinct }),
  });
  recorder.setPolicies(compilePolicies(policySet.policies));
  const sending = target && (await openSending(options, { target, graphql, policySet }));
  return {
    recorder,
    policySet,
    distinct,
    reporter: sending?.reporter,
    graphql,
    async report(at_ms) {
      recorder.cleanupStaleFlows(FLOW_IDLE_MS, at_ms);
      await sending?.reporter.report(recorder.takeInterval());
    },
    async close() {
      await sending?.spool.close();
      target?.kinesis.destroy();
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

interface SendingParts {
  target: Target;
  graphql: GraphqlClient | undefined;
  policySet: PolicySet;
}

async function openSending(
  options: CountingSessionOptions,
  { target, graphql, policySet }: SendingParts,
): Promise<{ reporter: Reporter; spool: Spool }> {
  const { edge_id, endpoint_id, boot_id, interval_s, listed_flows, patience_ms, onTrouble, say } = options;
  const folder = options.spool ?? join(options.target.system, 'edge', edge_id);
  const spool = await openDiskSpool(folder, { onTrouble: say });
  const sender = new RecordSender({
    client: target.kinesis,
    stream: target.stream,
    ...(patience_ms !== undefined && { patience_ms }),
    onTrouble: reason => onTrouble(`The stream ${target.stream} does not take the report yet: ${reason}.`),
  });
  const reporter = await Reporter.start({
    edge_id,
    site_id: options.site_id ?? (graphql && (await registeredSite(graphql, edge_id))) ?? NO_SITE,
    makeBootId: boot => bootId(boot_id, boot),
    interval_s,
    listed_flows,
    spool,
    sender,
    destination: target.destination,
    policies_version: policySet.version,
    expected_pairs: expectedPairs(policySet, [endpoint_id]),
  });
  if (reporter.foreignReports > 0) {
    say(
      `${folder} keeps ${reporter.foreignReports} unsent report(s) for another system; delete them if it is gone.`,
    );
  }
  return { reporter, spool };
}

// A report that needs more parts than its boot has begins another boot: its id follows from the given one.
function bootId(given: string | undefined, boot: number): string {
  if (given === undefined) return ulid();
  return boot === 1 ? given : `${given}.${boot}`;
}

const siteAnswer = z.object({ edge: z.object({ site_id: z.string().nullish() }).nullish() });

async function registeredSite(graphql: GraphqlClient, id: string): Promise<string | undefined> {
  const { edge } = siteAnswer.parse(
    await graphql.query('query Site($id: ID!) { edge(id: $id) { site_id } }', { id }),
  );
  return edge?.site_id ?? undefined;
}
