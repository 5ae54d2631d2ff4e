import { expect } from 'vitest';
import type { ControlState, Entry, ModelPath } from './control-state.ts';
import type { ControlWorld } from './control-world.ts';
import { edgeIdentity } from './read-shown.ts';

interface Command {
  type: string;
  data: string;
}

/** After a move of traffic the edges at both ends of the path receive the current routes. */
export async function expectOrders(
  world: ControlWorld,
  state: ControlState,
  entries: readonly Entry[],
): Promise<void> {
  for (const { operation, did, target } of entries) {
    if (!['failoverPath', 'restorePath', 'failbackPath'].includes(did ?? operation)) continue;
    const path = state.paths.find(({ id }) => target === `path:${id}`)!;
    await expectTold(world, state, path);
  }
}

async function expectTold(world: ControlWorld, { edges }: ControlState, path: ModelPath): Promise<void> {
  const { source_site_id, destination_site_id } = path;
  const ends = { source_site_id, destination_site_id };
  const decision = await world.query('routingDecision', { policy_id: 'default', ...ends });
  const { selected_path_id: path_id } = decision as { selected_path_id: string | null };
  for (const { id, site_id, retired } of edges) {
    if (retired || site_id === null || !Object.values(ends).includes(site_id)) continue;
    const peer = site_id === source_site_id ? destination_site_id : source_site_id;
    const commands = (await world.query(
      'pendingCommands',
      { edge_id: id },
      { identity: edgeIdentity(id) },
    )) as Command[];
    const routes = commands
      .filter(({ type }) => type === 'ROUTES')
      .map(({ data }) => JSON.parse(data) as { destination_site_id: string; routes: object[] })
      .find(({ destination_site_id }) => destination_site_id === peer)?.routes;
    expect(routes, `the routes that ${id} was told`).toContainEqual({ policy_id: 'default', path_id });
  }
}
