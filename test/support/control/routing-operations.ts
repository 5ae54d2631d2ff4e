import { type Choose, type ControlState, done, type Plan, type Planner, refused } from './control-state.ts';

/** An operator's changes of the routing over a path. */
export const ROUTING_OPERATIONS = { failoverPath, restorePath } satisfies Record<string, Planner>;

function failoverPath(state: ControlState, choose: Choose): Plan | undefined {
  const path = choose(state.paths);
  if (!path) return undefined;
  // Until it is restored, so that no measurement returns it to service.
  const args = { path_id: path.id, until_restored: true };
  if (path.place !== 'in use') return refused('failoverPath', args, 'NotFound');
  if (path.withdrawn) return refused('failoverPath', { path_id: path.id }, 'Conflict');
  return done('failoverPath', args, {
    target: `path:${path.id}`,
    apply() {
      path.withdrawn = true;
    },
  });
}

function restorePath(state: ControlState, choose: Choose): Plan | undefined {
  const path = choose(state.paths);
  if (!path) return undefined;
  const args = { path_id: path.id };
  if (path.place !== 'in use') return refused('restorePath', args, 'NotFound');
  const plan = done('restorePath', args, {
    target: `path:${path.id}`,
    apply() {
      path.withdrawn = false;
    },
  });
  // The model does not know whether measurements have withdrawn it.
  return path.withdrawn ? plan : { ...plan, unless: 'Conflict' };
}
