import { z } from 'zod';
import type { GraphqlClient } from '../../../../core/appsync/graphql-client.ts';
import { type Bench, madeOf, type SmokeStep } from '../smoke-step.ts';

const id = z.object({ id: z.string() });
const site = z.object({ createSite: id });
const path = z.object({ createPath: id });

const CREATE_SITE =
  'mutation ($name: String!, $token: String) { createSite(name: $name, client_token: $token) { id } }';
const ADD_ENDPOINT = `mutation ($site: ID!, $address: String!) {
  addEndpoint(site_id: $site, endpoint_id: "wan1", address: $address, interface_type: OTHER) { id } }`;
const CREATE_PATH = `mutation ($from: ID!, $to: ID!) { createPath(
  source_site_id: $from, source_endpoint_id: "wan1", destination_site_id: $to, destination_endpoint_id: "wan1") { id } }`;
const DELETE_SITE = 'mutation ($site: ID!) { deleteSite(site_id: $site) { success } }';

export const networkStep: SmokeStep = {
  name: 'network',
  proves: 'sites, endpoints and a path are created',
  needs: ['sign-in'],
  async run(bench) {
    const admin = madeOf(bench, 'admin');
    // Addresses for documentation, which nobody uses (RFC 5737).
    const home = await makeSite(bench, admin, { role: 'home', address: '192.0.2.1' });
    const peer = await makeSite(bench, admin, { role: 'peer', address: '192.0.2.2' });
    const { createPath } = path.parse(await admin.query(CREATE_PATH, { from: home, to: peer }));
    bench.made.network = { home, peer, path_id: createPath.id };
    return 'two sites with an endpoint each, and a path between them';
  },
};

async function makeSite(
  { run_id, undo }: Bench,
  admin: GraphqlClient,
  { role, address }: { role: string; address: string },
): Promise<string> {
  const name = `patronus-smoke-${run_id}-${role}`;
  const { createSite } = site.parse(await admin.query(CREATE_SITE, { name, token: name }));
  undo(`site ${name}`, () => admin.query(DELETE_SITE, { site: createSite.id }));
  await admin.query(ADD_ENDPOINT, { site: createSite.id, address });
  return createSite.id;
}
