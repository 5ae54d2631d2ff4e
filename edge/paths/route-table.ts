import type { RoutesOrder } from '../../core/commands/edge-command.ts';
import type { EdgeRoutes } from '../../core/routing/edge-routes.ts';

/** The path of a policy's traffic to a site; null: there is no usable path. */
export interface Route {
  destination_site_id: string;
  policy_id: string;
  path_id: string | null;
}

/** A changed route. */
export interface RouteChange extends Route {
  /** undefined: the edge had no route for it. */
  before: string | null | undefined;
}

/** The changes after routes were read again. */
export interface RouteUpdate {
  changes: RouteChange[];
  /** Number of removed routes. */
  removed: number;
}

/** An edge's routes: the system's last decisions for every policy and every peer of its site. */
export class RouteTable {
  readonly #routes = new Map<string, Map<string, string | null>>();

  /** The path to use; undefined: the system has no decision for this policy and site. */
  pathFor({
    destination_site_id,
    policy_id,
  }: Pick<Route, 'destination_site_id' | 'policy_id'>): string | null | undefined {
    return this.#routes.get(destination_site_id)?.get(policy_id);
  }

  /** Replaces all routes by these. */
  replace(neighbours: readonly Pick<EdgeRoutes, 'destination_site_id' | 'routes'>[]): RouteUpdate {
    const named = new Map(
      neighbours.map(({ destination_site_id, routes }) => [
        destination_site_id,
        new Set(routes.map(({ policy_id }) => policy_id)),
      ]),
    );
    let removed = 0;
    for (const [site, known] of this.#routes) {
      for (const policy of known.keys()) {
        if (named.get(site)?.has(policy)) continue;
        known.delete(policy);
        removed += 1;
      }
      if (!named.has(site)) this.#routes.delete(site);
    }
    return { changes: neighbours.flatMap(one => this.apply(one)), removed };
  }

  /** Applies the routes of an order; other routes don't change. */
  apply({ destination_site_id, routes }: RoutesOrder): RouteChange[] {
    const known = this.#routes.get(destination_site_id) ?? new Map<string, string | null>();
    this.#routes.set(destination_site_id, known);
    const changes = routes.map(({ policy_id, path_id }) => {
      const before = known.get(policy_id);
      known.set(policy_id, path_id);
      return { destination_site_id, policy_id, path_id, before };
    });
    return changes.filter(({ path_id, before }) => path_id !== before);
  }

  /** All routes, by site and policy. */
  list(): Route[] {
    return Array.from(this.#routes, ([destination_site_id, routes]) =>
      Array.from(routes, ([policy_id, path_id]) => ({ destination_site_id, policy_id, path_id })),
    ).flat();
  }
}
