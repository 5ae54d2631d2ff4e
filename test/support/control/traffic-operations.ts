import {
  type Choose,
  type ControlState,
  countedOf,
  done,
  hasCounted,
  type ModelEdge,
  type Plan,
  type Planner,
  refused,
} from './control-state.ts';

export const EDGES = ['edge-1', 'edge-2', 'edge-3'] as const;

/** Changes of edges and of their visible counts. */
export const TRAFFIC_OPERATIONS = {
  registerEdge,
  retireEdge,
  resetPolicyStats,
  resetAllStats,
  undoReset,
  voidBoot,
  undoVoidBoot,
} satisfies Record<string, Planner>;

function registerEdge(state: ControlState, choose: Choose): Plan | undefined {
  const site = choose(state.sites);
  if (!site) return undefined;
  const edge = edgeOf(state, choose(EDGES)!);
  const args = { id: edge.id, site_id: site.id };
  return done('registerEdge', args, {
    target: `edge:${edge.id}`,
    apply: () => void Object.assign(edge, { site_id: site.id, retired: false }),
  });
}

function retireEdge(state: ControlState, choose: Choose): Plan | undefined {
  const edge = edgeOf(state, choose(EDGES)!);
  if (edge.site_id === null) return refused('retireEdge', { id: edge.id }, 'NotFound');
  return done(
    'retireEdge',
    { id: edge.id },
    {
      target: `edge:${edge.id}`,
      apply() {
        edge.retired = true;
      },
    },
  );
}

function resetPolicyStats(state: ControlState, choose: Choose): Plan | undefined {
  const ids = [...state.policies.map(({ id }) => id), 'default', 'unknown'];
  const policy_id = choose(ids)!;
  const isDefined =
    policy_id === 'default' || state.policies.some(({ id, defined }) => id === policy_id && defined);
  const args = { policy_id };
  if (!isDefined && !hasCounted(state, policy_id)) return refused('resetPolicyStats', args, 'NotFound');
  return done('resetPolicyStats', args, {
    target: `policy:${policy_id}`,
    apply: ({ id }) => void reset(state, id, policy_id),
  });
}

function resetAllStats(state: ControlState): Plan {
  return done('resetAllStats', {}, { target: 'policies', apply: ({ id }) => void reset(state, id, null) });
}

function reset(state: ControlState, audit_id: string, policy_id: string | null): void {
  state.resets.push({ audit_id, policy_id, counted: countedOf(state), undone: false });
}

function undoReset(state: ControlState, choose: Choose): Plan | undefined {
  const undone = choose(state.resets);
  if (!undone) return undefined;
  const args = { audit_id: undone.audit_id };
  if (undone.undone) return refused('undoReset', args, 'Conflict');
  return done('undoReset', args, {
    target: undone.policy_id === null ? 'policies' : `policy:${undone.policy_id}`,
    apply() {
      undone.undone = true;
    },
  });
}

function voidBoot(state: ControlState, choose: Choose): Plan | undefined {
  const edge = choose(state.edges.filter(({ boots }) => boots.length > 0));
  const boot = edge && choose(edge.boots);
  if (!boot) return undefined;
  const args = { edge_id: edge.id, boot_id: boot.id };
  if (boot.voided_by !== null) return refused('voidBoot', args, 'Conflict');
  return done('voidBoot', args, {
    target: `edge:${edge.id}`,
    apply({ id }) {
      boot.voided_by = id;
    },
  });
}

function undoVoidBoot(state: ControlState, choose: Choose): Plan | undefined {
  const voided = state.edges.flatMap(edge =>
    edge.boots.filter(boot => boot.voided_by !== null).map(boot => ({ edge, boot })),
  );
  const found = choose(voided);
  if (!found) return undefined;
  const { edge, boot } = found;
  return done(
    'undoVoidBoot',
    { audit_id: boot.voided_by },
    {
      target: `edge:${edge.id}`,
      apply() {
        boot.voided_by = null;
      },
    },
  );
}

/** The edge with this id, which may be unknown. */
function edgeOf(state: ControlState, id: string): ModelEdge {
  return state.edges.find(edge => edge.id === id)!;
}
