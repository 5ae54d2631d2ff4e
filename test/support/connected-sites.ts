import type { SystemClient } from './system-client.ts';

export interface ConnectedSites {
  site: string;
  other: string;
  /** Of wan1 and of wan2. */
  path: string;
  path_out: string;
}

export interface JoinedNames {
  name: string;
  other: string;
  location?: string;
  /** Its endpoints are at hosts of this domain. */
  domain?: string;
}

/** Two sites with two endpoints each, and a path between those of the same name. */
export async function connectedSites(
  admin: SystemClient,
  { name, other, location, domain = 'example.com' }: JoinedNames,
): Promise<ConnectedSites> {
  const [a, b] = [await makeSite(name), await makeSite(other)];
  return { site: a, other: b, path: await join('wan1'), path_out: await join('wan2') };

  async function makeSite(name: string): Promise<string> {
    const { createSite } = await admin.data(
      'mutation ($name: String!, $location: String) { createSite(name: $name, location: $location) { id } }',
      { name, location },
    );
    for (const endpoint_id of ['wan1', 'wan2']) {
      await admin.data(
        `mutation ($site_id: ID!, $endpoint_id: ID!, $address: String!) {
          addEndpoint(site_id: $site_id, endpoint_id: $endpoint_id, address: $address, interface_type: FIBER) { id }
        }`,
        { site_id: createSite.id, endpoint_id, address: `${endpoint_id}.${domain}` },
      );
    }
    return createSite.id;
  }

  async function join(endpoint: string): Promise<string> {
    const { createPath } = await admin.data(
      `mutation ($a: ID!, $b: ID!, $endpoint: ID!) {
        createPath(source_site_id: $a, source_endpoint_id: $endpoint, destination_site_id: $b, destination_endpoint_id: $endpoint) { id }
      }`,
      { a, b, endpoint },
    );
    return createPath.id;
  }
}
