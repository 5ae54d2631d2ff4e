import { DEFAULT_POLICY_ID } from '../../../core/policy/policy.ts';
import { DEFAULT_ROUTING, type Routing } from '../network-model.ts';
import { difference } from './difference.ts';
import type { Call, Ids, PlanContext, Step } from './plan.ts';

/** Steps for new and changed policies and their routing. */
export function policySteps({ file, system, matched, texts }: PlanContext): Step[] {
  const steps = (file.policies ?? []).flatMap((policy): Step[] => {
    const { name, priority, enabled, match } = policy;
    const fields = { name, priority, enabled, match };
    const present = matched.policies.presentOf.get(policy);
    const title = texts.policy(present ?? policy);
    const routing = routingStep(title, {
      before: present?.routing ?? DEFAULT_ROUTING,
      after: policy.routing,
      idOf: ids => ids.get(policy)!,
      texts,
    });
    if (!present) {
      const call: Call = { name: 'createPolicy', arguments: () => fields, makes: policy };
      const details = texts.fields({ priority, enabled, match });
      return [{ kind: 'create', title, details, calls: [call] }, ...routing];
    }
    const changed = difference(present, fields);
    if (changed.length === 0) return routing;
    const patch = Object.fromEntries(changed.map(([key, , after]) => [key, after]));
    const call: Call = { name: 'updatePolicy', arguments: () => ({ id: present.id, ...patch }) };
    return [{ kind: 'change', title, details: texts.changes(changed), calls: [call] }, ...routing];
  });
  if (!file.default_routing) return steps;
  const ofDefault = routingStep(`policy "${DEFAULT_POLICY_ID}"`, {
    before: system.default_routing,
    after: file.default_routing,
    idOf: () => DEFAULT_POLICY_ID,
    texts,
  });
  return [...steps, ...ofDefault];
}

function routingStep(
  policy: string,
  {
    before,
    after,
    idOf,
    texts,
  }: { before: Routing; after: Routing; idOf: (ids: Ids) => string; texts: PlanContext['texts'] },
): Step[] {
  const changed = difference({ ...before }, { ...after });
  if (changed.length === 0) return [];
  const { weights, ...rest } = after;
  const call: Call = {
    name: 'setPolicyRouting',
    arguments: ids => ({ policy_id: idOf(ids), ...rest, ...(weights && { weights }) }),
  };
  return [{ kind: 'change', title: `routing of ${policy}`, details: texts.changes(changed), calls: [call] }];
}
