import { ulid } from 'ulid';
import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
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

/** The site of an edge that nobody registered or named one for. */
const NO_SITE = '00000000-0000-0000-0000-000000000000';

/** A reporter with its spool on disk and its stream. */
export interface Sending {
  reporter: Reporter;
  /** How the edge stands, of a run that nobody watches. */
  state: EdgeState | undefined;
  /** Of the run's first boot: later ones follow from it. */
  boot_id: string;
  /** Where the edge keeps what outlives its runs. */
  folder: string;
  /** @throws EdgeError when the boot id that was given had counted other traffic before */
  checkBoot(): void;
  /** See {@link NotNew}; undefined where it isn't known. */
  notNew(): NotNew | undefined;
  close(): Promise<void>;
}

interface Asked {
  graphql: GraphqlClient | undefined;
  policySet: PolicySet;
  kept: KeptSystem | undefined;
}

/** @throws EdgeError when system or spool can't be used. */
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
      const text = `The stream ${target.stream} does not take the report yet: ${reason}.`;
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
      `${folder} keeps ${reporter.foreignReports} unsent report(s) for another system; delete them if it is gone.`,
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
 * An edge that runs by itself has a key from its first start on, so that it can be registered
 * before it signs.
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

// A report that needs more parts than its boot has begins another boot. Its id follows from the
// first one, so that the same input under the same first id makes the same reports.
function bootId(first: string, boot: number): string {
  return boot === 1 ? first : `${first}.${boot}`;
}

const siteAnswer = z.object({ edge: z.object({ site_id: z.string().nullish() }).nullish() });
const routesAnswer = z.object({ edgeRoutes: z.object({ site_id: z.string().nullish() }) });

/** A person may read the edge; the edge's own role asks for its routes, which it may. */
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
 * The registered site; for an edge that nobody can start again the one of before, when the system
 * can't be asked.
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
        ? `${cause.message} The edge's site isn't known: reports name none.`
        : `${cause.message} Reports name the site that was read last, ${last}.`,
    );
    return last;
  }
}

/**
 * A boot id that was given is compared with what was counted under it, where the system can be
 * asked.
 */
async function watchReuse(
  { edge_id, boot_id, target, say }: CountingSessionOptions,
  { graphql, kept }: Pick<Asked, 'graphql' | 'kept'>,
): Promise<BootReuse | undefined> {
  if (boot_id === undefined || !graphql) return undefined;
  try {
    return await watchBootReuse(graphql, { edge_id, boot_id, signs: signsWithRole(target) });
  } catch (cause) {
    if (!kept || !(cause instanceof EdgeError)) throw cause;
    say(`${cause.message} Whether boot ${boot_id} has counted other traffic before isn't checked.`);
    return undefined;
  }
}
