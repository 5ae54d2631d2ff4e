import { ulid } from 'ulid';
import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { count } from '../../core/count-words.ts';
import type { SignRecord } from '../../core/report/sign-record.ts';
import { EdgeError } from '../edge-error.ts';
import { expectedPairs, type PolicySet } from '../policies/policy-set.ts';
import { RecordSender } from '../reporting/record-sender.ts';
import { Reporter } from '../reporting/reporter.ts';
import { openDiskSpool } from '../spool/disk-spool.ts';
import { type EdgeState, openEdgeState } from '../spool/edge-state.ts';
import type { KeptSystem } from '../spool/kept-system.ts';
import { spoolFolder } from '../spool/spool-folder.ts';
import { openTarget } from '../system/target.ts';
import { signsWithRole, type TargetOptions } from '../system/target-options.ts';
import { type BootReuse, type NotNew, watchBootReuse } from './boot-reuse.ts';
import type { CountingSessionOptions } from './counting-session-options.ts';

/** The site of an edge that is not registered and has no given site. */
const NO_SITE = '00000000-0000-0000-0000-000000000000';

/** A reporter with its spool on disk and its stream. */
export interface Sending {
  reporter: Reporter;
  /** The edge's state file; only for unattended runs. */
  state: EdgeState | undefined;
  /** Id of the run's first boot; later ids are derived from it. */
  boot_id: string;
  /** The edge's folder for data that outlives its runs. */
  folder: string;
  /** @throws EdgeError if the given boot id has already counted other traffic */
  checkBoot(): void;
  /** See {@link NotNew}; undefined if unknown. */
  notNew(): NotNew | undefined;
  close(): Promise<void>;
}

interface Asked {
  graphql: GraphqlClient | undefined;
  policySet: PolicySet;
  kept: KeptSystem | undefined;
}

/** @throws EdgeError if system or spool can't be used */
export async function openSending(
  options: CountingSessionOptions,
  { policySet, ...asked }: Asked,
): Promise<Sending> {
  const { edge_id, endpoint_id, boot_id, interval_s, listed_flows, patience_ms, onTrouble, say } = options;
  const first_boot_id = boot_id ?? ulid();
  const target = await openTarget(options.target);
  const site_id = (await siteOf(options, asked)) ?? NO_SITE;
  const folder = spoolFolder({ ...options, system: options.target.system });
  const spool = await openDiskSpool(folder, { onTrouble: say });
  asked.kept?.begin();
  const state = options.unattended ? await openEdgeState({ folder, edge_id, interval_s }) : undefined;
  state?.policies(policySet.version);
  const sender = new RecordSender({
    client: target.kinesis,
    stream: target.stream,
    ...(patience_ms !== undefined && { patience_ms }),
    onTrouble(reason) {
      const text = `The stream ${target.stream} does not accept the report yet: ${reason}.`;
      state?.trouble('sending', text);
      onTrouble(text);
    },
  });
  const sign = await signerOf(options, folder);
  const reuse = await watchReuse(options, asked);
  const reporter = await Reporter.start({
    edge_id,
    site_id,
    makeBootId: boot => bootId(first_boot_id, boot),
    interval_s,
    listed_flows,
    estimated: options.estimated ?? false,
    ...(sign && { sign }),
    spool,
    sender,
    destination: target.destination,
    policies_version: policySet.version,
    expected_pairs: expectedPairs(policySet, [endpoint_id]),
    onSent(report) {
      state?.acknowledged(report);
      reuse?.onSent(report);
    },
  });
  if (reporter.foreignReports > 0) {
    say(
      `${folder} keeps ${count(reporter.foreignReports, 'unsent report')} for another system; delete them if that system no longer exists.`,
    );
  }
  return {
    reporter,
    state,
    boot_id: first_boot_id,
    folder,
    checkBoot() {
      reuse?.check({ boot_id: reporter.position.boot_id, ...reporter.reported });
    },
    notNew: () => reuse?.notNew(),
    async close() {
      sender.close();
      await state?.end();
      await spool.close();
      target.kinesis.destroy();
    },
  };
}

/**
 * An unattended edge makes its key at its first start, so that the key can be registered before the
 * edge signs.
 */
async function signerOf(
  { sign, unattended, say }: CountingSessionOptions,
  folder: string,
): Promise<SignRecord | undefined> {
  if (!sign && !unattended) return undefined;
  const { edgeSigner } = await import('../spool/edge-key.ts');
  if (sign) return edgeSigner(folder);
  await edgeSigner(folder).catch((cause: unknown) => say((cause as Error).message));
  return undefined;
}

// A report that needs more parts than its boot has starts another boot. Its id is derived from the
// first one, so that the same input under the same first id makes the same reports.
function bootId(first: string, boot: number): string {
  return boot === 1 ? first : `${first}.${boot}`;
}

const siteAnswer = z.object({ edge: z.object({ site_id: z.string().nullish() }).nullish() });
const routesAnswer = z.object({ edgeRoutes: z.object({ site_id: z.string().nullish() }) });

/** A person may read the edge; the edge's own role may read its routes. */
async function registeredSite(
  graphql: GraphqlClient,
  id: string,
  target: TargetOptions,
): Promise<string | undefined> {
  if (signsWithRole(target)) {
    const query = 'query Site($id: ID!) { edgeRoutes(edge_id: $id, limit: 1) { site_id } }';
    return routesAnswer.parse(await graphql.query(query, { id })).edgeRoutes.site_id ?? undefined;
  }
  const { edge } = siteAnswer.parse(
    await graphql.query('query Site($id: ID!) { edge(id: $id) { site_id } }', { id }),
  );
  return edge?.site_id ?? undefined;
}

/**
 * The registered site. If the system can't be reached, an unattended edge uses the last known site.
 */
async function siteOf(
  { edge_id, site_id, target, say }: CountingSessionOptions,
  { graphql, kept }: Pick<Asked, 'graphql' | 'kept'>,
): Promise<string | undefined> {
  if (site_id !== undefined || !graphql) return site_id;
  try {
    const found = await registeredSite(graphql, edge_id, target);
    if (found !== undefined) kept?.keepSite(found);
    return found;
  } catch (cause) {
    if (!kept || !(cause instanceof EdgeError)) throw cause;
    const last = kept.values.site_id;
    say(
      last === undefined
        ? `${cause.message} The edge's site is unknown: its reports name no site.`
        : `${cause.message} Reports name the last known site, ${last}.`,
    );
    return last;
  }
}

/** A given boot id is compared with the counts under it, if the system can be reached. */
async function watchReuse(
  { edge_id, boot_id, target, say }: CountingSessionOptions,
  { graphql, kept }: Pick<Asked, 'graphql' | 'kept'>,
): Promise<BootReuse | undefined> {
  if (boot_id === undefined || !graphql) return undefined;
  try {
    return await watchBootReuse(graphql, { edge_id, boot_id, signs: signsWithRole(target) });
  } catch (cause) {
    if (!kept || !(cause instanceof EdgeError)) throw cause;
    say(`${cause.message} It is not checked whether boot ${boot_id} has already counted other traffic.`);
    return undefined;
  }
}
