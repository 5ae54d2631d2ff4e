import {
  type Choose,
  type ControlState,
  done,
  type ModelPolicy,
  type Plan,
  type Planner,
  refused,
} from './control-state.ts';

const MAX_POLICIES = 4;
const PREFERENCES = ['LOWEST_LATENCY', 'HIGHEST_BANDWIDTH', 'LOWEST_COST'] as const;

/** Changes of policies and of how they route. */
export const POLICY_OPERATIONS = {
  createPolicy,
  updatePolicy,
  togglePolicy,
  deletePolicy,
  restorePolicyVersion,
  setPolicyRouting,
} satisfies Record<string, Planner>;

function createPolicy(state: ControlState, choose: Choose): Plan | undefined {
  if (state.policies.filter(policy => policy.defined).length >= MAX_POLICIES) return undefined;
  const given = {
    name: choose(['voice', 'bulk'])!,
    priority: choose([10, 10, 20])!,
    enabled: choose([true, false])!,
  };
  return done('createPolicy', given, {
    apply: ({ id: version, after }) =>
      void state.policies.push({
        ...given,
        id: (after as { id: string }).id,
        defined: true,
        preference: 'LOWEST_LATENCY',
        versions: [{ id: version, definition: given }],
      }),
  });
}

function updatePolicy(state: ControlState, choose: Choose): Plan | undefined {
  const changes = choose([
    { name: 'changed' },
    { priority: 15 },
    { enabled: true },
    { name: 'both', priority: 30 },
  ])!;
  return change(state, choose, { operation: 'updatePolicy', changes });
}

function togglePolicy(state: ControlState, choose: Choose): Plan | undefined {
  return change(state, choose, { operation: 'togglePolicy', changes: { enabled: choose([true, false])! } });
}

function deletePolicy(state: ControlState, choose: Choose): Plan | undefined {
  return change(state, choose, { operation: 'deletePolicy', changes: { defined: false }, args: {} });
}

/** Changes one of the policies that ever existed, or the one that cannot be changed. */
function change(
  state: ControlState,
  choose: Choose,
  { operation, changes, args = changes }: { operation: string; changes: Partial<ModelPolicy>; args?: object },
): Plan | undefined {
  const policy = choose([...state.policies, undefined]);
  const asked = { id: policy?.id ?? 'default', ...args };
  if (!policy) return refused(operation, asked, 'ValidationError');
  if (!policy.defined) return refused(operation, asked, 'NotFound');
  return done(operation, asked, {
    target: `policy:${policy.id}`,
    apply({ id }) {
      Object.assign(policy, changes);
      if (policy.defined) keepVersion(policy, id);
    },
  });
}

function keepVersion({ versions, name, priority, enabled }: ModelPolicy, id: string): void {
  versions.push({ id, definition: { name, priority, enabled } });
}

/** Of a policy that is defined, or no longer is. */
function restorePolicyVersion(state: ControlState, choose: Choose): Plan | undefined {
  const policy = choose([...state.policies, undefined]);
  const version = policy && choose([...policy.versions, undefined]);
  const args = { id: policy?.id ?? 'default', version: version?.id ?? 'of-nothing' };
  if (!policy) return refused('restorePolicyVersion', args, 'ValidationError');
  if (!version) return refused('restorePolicyVersion', args, 'NotFound');
  return done('restorePolicyVersion', args, {
    target: `policy:${policy.id}`,
    apply({ id }) {
      Object.assign(policy, version.definition, { defined: true });
      keepVersion(policy, id);
    },
  });
}

function setPolicyRouting(state: ControlState, choose: Choose): Plan | undefined {
  const policy = choose(state.policies);
  const preference = choose(PREFERENCES)!;
  const args = { policy_id: policy?.id ?? 'default', preference };
  const target = `policy:${args.policy_id}`;
  if (!policy) {
    return done('setPolicyRouting', args, {
      target,
      apply() {
        state.default_preference = preference;
      },
    });
  }
  if (!policy.defined) return refused('setPolicyRouting', args, 'NotFound');
  return done('setPolicyRouting', args, {
    target,
    apply() {
      policy.preference = preference;
    },
  });
}
