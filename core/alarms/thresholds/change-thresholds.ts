import type { Caller } from '../../access/caller.ts';
import { noEdge, noPolicy } from '../../errors.ts';
import { readEdgeItem } from '../../inventory/edges/read-edges.ts';
import { readPath } from '../../inventory/paths/read-paths.ts';
import { readPolicy } from '../../inventory/policies/read-policies.ts';
import { readActiveSite } from '../../inventory/sites/active-site.ts';
import { DEFAULT_POLICY_ID } from '../../policy/policy.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { addSetting, removeSetting, updateSetting } from '../settings/change-settings.ts';
import type { Setting } from '../settings/setting.ts';
import { THRESHOLD, type Threshold, type ThresholdScope } from './threshold.ts';
import { checkThreshold } from './threshold-input.ts';

/** @throws ValidationError · NotFound for a target that doesn't exist */
export async function setThreshold(
  context: StoreContext,
  actor: Caller,
  input: Omit<Threshold, keyof Setting | 'clear_value'> & { clear_value?: number | null | undefined },
): Promise<Threshold> {
  const given = { ...input, clear_value: input.clear_value ?? input.value };
  checkThreshold(given);
  await REQUIRE[given.scope](context, given.target_id);
  return addSetting(context, THRESHOLD, { actor, operation: 'setThreshold', given });
}

type Patch = {
  [Name in 'name' | 'direction' | 'value' | 'clear_value' | 'minutes']?: Threshold[Name] | undefined;
};

/**
 * Changes the given fields. The threshold's state begins again. A `value` without a `clear_value`
 * replaces both.
 *
 * @throws ValidationError · NotFound · Conflict when it was changed since `if_updated_at`
 */
export function updateThreshold(
  context: StoreContext,
  actor: Caller,
  { id, if_updated_at, ...patch }: Patch & { id: string; if_updated_at?: number | undefined },
): Promise<Threshold> {
  const { value, clear_value = value } = patch;
  const given = Object.entries({ ...patch, clear_value }).filter(([, set]) => set !== undefined);
  return updateSetting(context, THRESHOLD, {
    ...{ id, actor, operation: 'updateThreshold', if_updated_at },
    change(before) {
      const after = { ...before, ...Object.fromEntries(given) };
      checkThreshold(after);
      return after;
    },
  });
}

/** Removes a threshold. Its alarm ends within a minute. @throws NotFound */
export async function removeThreshold(context: StoreContext, actor: Caller, id: string) {
  return removeSetting(context, THRESHOLD, { id, actor, operation: 'removeThreshold' });
}

/** @throws NotFound */
const REQUIRE: Record<ThresholdScope, (context: StoreContext, id: string) => Promise<unknown>> = {
  async POLICY(context, id) {
    if (id !== DEFAULT_POLICY_ID && !(await readPolicy(context, id))) throw noPolicy(id);
  },
  SITE: readActiveSite,
  async EDGE(context, id) {
    if (!(await readEdgeItem(context, id))) throw noEdge(id);
  },
  PATH: readPath,
};
