import { matchNetwork } from './match-network.ts';
import type { FileNetwork, SystemNetwork } from './network-model.ts';
import { edgeSteps } from './plan/edge-steps.ts';
import { endpointSteps } from './plan/endpoint-steps.ts';
import { pathSteps } from './plan/path-steps.ts';
import type { Ids, Plan } from './plan/plan.ts';
import { policySteps } from './plan/policy-steps.ts';
import { removalSteps } from './plan/removal-steps.ts';
import { siteSteps } from './plan/site-steps.ts';
import { stepTexts } from './step-texts.ts';

/**
 * Plans the steps that make a system match a file: new sites, endpoints, paths, edges, policies and
 * routing first, deletions last. Paths that are removed with a replaced endpoint are created again.
 * Pure: a plan that is made after some steps were done has the others.
 */
export function planNetwork(file: FileNetwork, system: SystemNetwork): Plan {
  const matched = matchNetwork(file, system);
  const ids: Ids = new Map();
  for (const [item, { id }] of [...matched.policies.presentOf, ...matched.sites.presentOf]) ids.set(item, id);
  if (matched.problems.length > 0) return { steps: [], ids, problems: matched.problems };
  const context = { file, system, matched, texts: stepTexts(system) };
  const endpoints = endpointSteps(context);
  const steps = [
    ...siteSteps(context),
    ...endpoints.steps,
    ...pathSteps(context, endpoints.replaced),
    ...edgeSteps(context),
    ...policySteps(context),
    ...removalSteps(context, endpoints),
  ];
  return { steps, ids, problems: [] };
}
