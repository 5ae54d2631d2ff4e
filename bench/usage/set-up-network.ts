import type { FleetEdge, Shape } from './fleet.ts';

const AT_A_TIME = 16;

export interface SetUpOptions {
  shape: Shape;
  /** Edges whose first path will fail, by index. */
  failing: ReadonlySet<number>;
  /** Runs a mutation of the API as an administrator. */
  mutate(field: string, args: object): Promise<{ id: string }>;
}

/** A network that was created. */
export interface CreatedNetwork {
  edges: FleetEdge[];
  /** Ids of the policies, `default` first. */
  policies: string[];
}

/**
 * Creates sites in a ring, each with an edge and with paths to the next sites, as many as the shape
 * has; an edge measures the paths whose source is its site.
 */
export async function setUpNetwork({ shape, failing, mutate }: SetUpOptions): Promise<CreatedNetwork> {
  const policies = await each(shape.policies - 1, index =>
    mutate('createPolicy', { name: `Policy ${index}`, priority: 10 + index }),
  );
  const sites = await each(shape.edges, index => mutate('createSite', { name: `Site ${index}` }));
  const edges: FleetEdge[] = sites.map(({ id }, index) => ({
    edge_id: `edge-${index}`,
    site_id: id,
    path_ids: [],
  }));
  await each(shape.paths > 0 ? shape.edges : 0, index =>
    mutate('addEndpoint', {
      ...{ site_id: sites[index]!.id, endpoint_id: 'wan1', address: `198.51.${index >> 8}.${index & 255}` },
      ...{ interface_type: 'FIBER', cost_per_gb: 0.02 },
    }),
  );
  await each(shape.edges, index =>
    mutate('registerEdge', {
      id: `edge-${index}`,
      site_id: sites[index]!.id,
      interval_s: shape.interval_s,
    }),
  );
  for (let step = 1; step <= shape.paths; step++) {
    const paths = await each(shape.edges, index =>
      mutate('createPath', {
        ...{ source_site_id: sites[index]!.id, source_endpoint_id: 'wan1' },
        destination_site_id: sites[(index + step) % shape.edges]!.id,
        destination_endpoint_id: 'wan1',
      }),
    );
    for (const [index, { id }] of paths.entries()) edges[index]!.path_ids.push(id);
  }
  for (const index of failing) await addSpare(edges, index, mutate);
  return { edges, policies: ['default', ...policies.map(({ id }) => id)] };
}

/** Adds a second path to the destination of an edge's first one, for the time when that fails. */
async function addSpare(
  edges: readonly FleetEdge[],
  index: number,
  mutate: SetUpOptions['mutate'],
): Promise<void> {
  const { site_id, path_ids } = edges[index]!;
  await mutate('addEndpoint', {
    ...{ site_id, endpoint_id: `wan${path_ids.length}`, address: `203.0.113.${index & 255}` },
    ...{ interface_type: 'LTE', cost_per_gb: 2 },
  });
  const { id } = await mutate('createPath', {
    ...{ source_site_id: site_id, source_endpoint_id: `wan${path_ids.length}` },
    destination_site_id: edges[(index + 1) % edges.length]!.site_id,
    destination_endpoint_id: 'wan1',
  });
  path_ids.push(id);
}

/** Runs `work` for 0 … n − 1, several at a time; returns the results in order. */
async function each<Result>(n: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = Array.from({ length: n }, (_, index) => index).values();
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const index of waiting) results[index] = await work(index);
    }),
  );
  return results;
}
