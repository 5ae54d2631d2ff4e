import { z } from 'zod';
import type { GraphqlClient } from '../../../core/appsync/graphql-client.ts';
import { type PublicKey, publicJwk } from '../../../core/report/public-key.ts';
import { EdgeError } from '../../../edge/edge-error.ts';
import { isUuid } from '../../network/network-model.ts';
import type { Step } from './edge-role.ts';

const SITE = 'query ($id: ID!) { site(id: $id) { id name } }';
const SITES = 'query ($name: String!) { sites(search: $name, limit: 100) { items { id name } } }';
const EDGE = `query ($id: ID!) {
  edge(id: $id) { registered site_id interval_s retired_at keys { kid until } } }`;
const REGISTER = `mutation ($id: ID!, $site: ID!, $interval: Int!, $key: String) {
  registerEdge(id: $id, site_id: $site, interval_s: $interval, public_key: $key) { id } }`;

const siteSchema = z.object({ id: z.string(), name: z.string() });
const siteAnswer = z.object({ site: siteSchema.nullable() });
const sitesAnswer = z.object({ sites: z.object({ items: z.array(siteSchema) }) });
const edgeAnswer = z.object({
  edge: z
    .object({
      registered: z.boolean(),
      site_id: z.string().nullable(),
      interval_s: z.number().nullable(),
      retired_at: z.string().nullable(),
      keys: z.array(z.object({ kid: z.string(), until: z.string().nullable() })),
    })
    .nullable(),
});

export interface Site {
  id: string;
  name: string;
}

/** Finds a site by its id or its full name. @throws EdgeError if there is none, or several */
export async function findSite(graphql: GraphqlClient, given: string): Promise<Site> {
  if (isUuid(given)) {
    const { site } = siteAnswer.parse(await graphql.query(SITE, { id: given }));
    if (site) return site;
    throw new EdgeError(`There is no site with the id ${given}: the query sites lists those that exist.`);
  }
  const { items } = sitesAnswer.parse(await graphql.query(SITES, { name: given })).sites;
  const found = items.filter(({ name }) => name === given);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new EdgeError(`${found.length} sites are named ${given}: give the id of one of them, ${ids}.`);
  }
  const near = items.map(({ name }) => name).slice(0, 5);
  const hint =
    near.length > 0 ? `There are ${near.join(', ')}.` : 'Create it first, in the console or with createSite.';
  throw new EdgeError(`No site is named ${given}. ${hint}`);
}

export interface Registration {
  edge_id: string;
  site: Site;
  interval_s: number;
  /** Undefined: its reports are not signed. */
  key: PublicKey | undefined;
}

/** Registers an edge, unless it is already registered with the same values. */
export async function ensureRegistered(
  graphql: GraphqlClient,
  { edge_id, site, interval_s, key }: Registration,
  onStep: (step: Step) => void,
): Promise<void> {
  const { edge } = edgeAnswer.parse(await graphql.query(EDGE, { id: edge_id }));
  const hasKey = !key || edge?.keys.some(({ kid, until }) => kid === key.kid && until === null);
  const same =
    edge?.registered &&
    edge.retired_at === null &&
    edge.site_id === site.id &&
    edge.interval_s === interval_s;
  const there = same && hasKey;
  if (!there) {
    await graphql.query(REGISTER, {
      id: edge_id,
      site: site.id,
      interval: interval_s,
      ...(key && !hasKey && { key: JSON.stringify(publicJwk(key)) }),
    });
  }
  const signed = key ? `with the key ${key.kid}` : 'without a key';
  onStep({
    state: there ? 'there' : 'done',
    what: `edge ${edge_id} at ${site.name}, a report each ${interval_s} s, ${signed}`,
  });
}
