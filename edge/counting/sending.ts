import { join } from 'node:path';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { expectedPairs, type PolicySet } from '../policies/policy-set.ts';
import { RecordSender } from '../reporting/record-sender.ts';
import { Reporter } from '../reporting/reporter.ts';
import { openDiskSpool } from '../spool/disk-spool.ts';
import { openTarget } from '../system/target.ts';
import { watchBootReuse } from './boot-reuse.ts';
import type { CountingSessionOptions } from './counting-session-options.ts';

/** The site of an edge that nobody registered or named one for. */
const NO_SITE = '00000000-0000-0000-0000-000000000000';

/** A reporter with its spool on disk and its stream. */
export interface Sending {
  reporter: Reporter;
  /** Of the run's first boot: later ones follow from it. */
  boot_id: string;
  /** Where the edge keeps what outlives its runs. */
  folder: string;
  /** @throws EdgeError when the boot id that was given had counted other traffic before */
  checkBoot(): void;
  close(): Promise<void>;
}

/** @throws EdgeError when system or spool can't be used. */
export async function openSending(
  options: CountingSessionOptions,
  { graphql, policySet }: { graphql: GraphqlClient | undefined; policySet: PolicySet },
): Promise<Sending> {
  const { edge_id, endpoint_id, boot_id, interval_s, listed_flows, patience_ms, onTrouble, say } = options;
  const first_boot_id = boot_id ?? ulid();
  const target = await openTarget(options.target);
  const site_id = options.site_id ?? (graphql && (await registeredSite(graphql, edge_id))) ?? NO_SITE;
  const folder = options.spool ?? join(options.target.system, 'edge', edge_id);
  const spool = await openDiskSpool(folder, { onTrouble: say });
  const sender = new RecordSender({
    client: target.kinesis,
    stream: target.stream,
    ...(patience_ms !== undefined && { patience_ms }),
    onTrouble: reason => onTrouble(`The stream ${target.stream} does not take the report yet: ${reason}.`),
  });
  const reuse =
    boot_id === undefined || !graphql ? undefined : await watchBootReuse(graphql, { edge_id, boot_id });
  const reporter = await Reporter.start({
    edge_id,
    site_id,
    makeBootId: boot => bootId(first_boot_id, boot),
    interval_s,
    listed_flows,
    estimated: options.estimated ?? false,
    spool,
    sender,
    destination: target.destination,
    policies_version: policySet.version,
    expected_pairs: expectedPairs(policySet, [endpoint_id]),
    ...(reuse && { onSent: reuse.onSent }),
  });
  if (reporter.foreignReports > 0) {
    say(
      `${folder} keeps ${reporter.foreignReports} unsent report(s) for another system; delete them if it is gone.`,
    );
  }
  return {
    reporter,
    boot_id: first_boot_id,
    folder,
    checkBoot() {
      reuse?.check({ boot_id: reporter.position.boot_id, ...reporter.reported });
    },
    async close() {
      sender.close();
      await spool.close();
      target.kinesis.destroy();
    },
  };
}

// A report that needs more parts than its boot has begins another boot. Its id follows from the first one, so that the same input
// under the same first id makes the same reports.
function bootId(first: string, boot: number): string {
  return boot === 1 ? first : `${first}.${boot}`;
}

const siteAnswer = z.object({ edge: z.object({ site_id: z.string().nullish() }).nullish() });

async function registeredSite(graphql: GraphqlClient, id: string): Promise<string | undefined> {
  const { edge } = siteAnswer.parse(
    await graphql.query('query Site($id: ID!) { edge(id: $id) { site_id } }', { id }),
  );
  return edge?.site_id ?? undefined;
}
