import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { SystemRefused } from '../../edge/system/system-client.ts';
import type { SystemNetwork } from './network-model.ts';
import type { Plan } from './plan/plan.ts';
import { removedWithSiteText } from './step-texts.ts';

const PREVIEW = `query ($site_id: ID!) {
  answer: siteDeletionPreview(site_id: $site_id) {
    endpoints paths peer_sites policies traffic_24h { bytes_exact }
  } }`;

interface Preview {
  endpoints: number;
  paths: number;
  peer_sites: number;
  policies: string[];
  traffic_24h: { bytes_exact: string } | null;
}

/**
 * The same plan, with the system's previews of site deletions; a machine may not query them, and
 * keeps the details of the plan.
 */
export async function previewDeletions(
  graphql: GraphqlClient,
  plan: Plan,
  { policies }: Pick<SystemNetwork, 'policies'>,
): Promise<Plan> {
  const names = new Map(policies.map(({ id, name }) => [id, name]));
  const steps = [];
  for (const step of plan.steps) {
    const preview = step.deletes_site === undefined ? undefined : await previewOf(graphql, step.deletes_site);
    steps.push(preview ? { ...step, details: detailsOf(preview, names) } : step);
  }
  return { ...plan, steps };
}

async function previewOf(graphql: GraphqlClient, site_id: string): Promise<Preview | undefined> {
  try {
    return ((await graphql.query(PREVIEW, { site_id })) as { answer: Preview }).answer;
  } catch (cause) {
    if (cause instanceof SystemRefused) return undefined;
    throw cause;
  }
}

function detailsOf(
  { policies, traffic_24h, ...counts }: Preview,
  names: ReadonlyMap<string, string>,
): string[] {
  return [
    removedWithSiteText(counts),
    ...(policies.length > 0
      ? [`policies that choose one of its paths now: ${policies.map(id => names.get(id) ?? id).join(', ')}`]
      : []),
    ...(traffic_24h && traffic_24h.bytes_exact !== '0'
      ? [`its edges counted ${traffic_24h.bytes_exact} bytes in the last 24 hours`]
      : []),
    'it can be restored for 30 days (restoreSite)',
  ];
}
