import { z } from 'zod';
import { registerEdgeInput } from '../../core/inventory/edges/edge-input.ts';
import { addEndpointInput, createPathInput, createSiteInput } from '../../core/inventory/model/site-input.ts';
import { newPolicySchema } from '../../core/inventory/policies/policy-input.ts';
import { policyRoutingInput } from '../../core/routing/decisions/policy-routing-input.ts';
import { type FileNetwork, isUuid, type Routing } from './network-model.ts';

/** The version of the file's layout. */
export const FILE_VERSION = 1;

/** An object; an unknown key is refused with a list of the known ones. */
function block<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `is unknown; known keys are ${keys}` : `must have the keys ${keys}`,
  });
}

const list = <Item extends z.ZodType>(item: Item) => z.array(item, 'must be a list');
const idText = z
  .string('must be text: put it in quotes')
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters');
const uuidText = z
  .string('must be a UUID')
  .refine(isUuid, 'must be a UUID')
  .transform(text => text.toLowerCase());

/** Uses the API's rule and message for a value. */
function asApi<Value>(schema: z.ZodType, toInput: (value: Value) => unknown) {
  return (value: Value, context: z.RefinementCtx): void => {
    for (const { message, path } of schema.safeParse(toInput(value)).error?.issues ?? []) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
  };
}

const given = z.unknown().optional();

const routing = block({
  preference: given,
  weights: block({ latency: given, jitter: given, loss: given, bandwidth: given, cost: given }).optional(),
  failover_below: given,
  failback_above: given,
  failback_hold_seconds: given,
})
  .superRefine(asApi(policyRoutingInput, value => ({ ...(value as object), policy_id: '' })))
  .transform((value): Routing => {
    const { preference, failover } = policyRoutingInput.parse({ ...value, policy_id: '' });
    const weights = preference.kind === 'CUSTOM' ? preference.weights : null;
    return { preference: preference.kind, weights, ...failover };
  });

const policy = block({
  id: idText.optional(),
  name: newPolicySchema.shape.name,
  priority: newPolicySchema.shape.priority,
  enabled: newPolicySchema.shape.enabled,
  match: newPolicySchema.shape.match,
  routing: routing.prefault({}),
});

const endpoint = block({
  id: addEndpointInput.shape.endpoint_id.unwrap().unwrap(),
  address: addEndpointInput.shape.address,
  interface_type: addEndpointInput.shape.interface_type,
  cost_per_gb: addEndpointInput.shape.cost_per_gb,
  reachable: addEndpointInput.shape.reachable,
});

const site = block({
  id: uuidText.optional(),
  name: createSiteInput.shape.name,
  location: createSiteInput.shape.location.transform(text => text ?? null),
  public_key: createSiteInput.shape.public_key.transform(text => text ?? null),
  endpoints: list(endpoint).optional(),
});

const END_RULE = 'must be a site and one of its endpoints, such as Berlin/wan1';

/** A site's name may contain a slash, an endpoint's id may not. */
const end = z.string(END_RULE).transform((text, context) => {
  const slash = text.lastIndexOf('/');
  const endpoint_id = text.slice(slash + 1);
  if (slash < 1 || !endpoint.shape.id.safeParse(endpoint_id).success) {
    context.addIssue({ code: 'custom', message: END_RULE });
    return z.NEVER;
  }
  return { site: text.slice(0, slash), endpoint_id };
});

const path = block({
  id: idText.optional(),
  from: end,
  to: end,
  wg_interface: createPathInput.shape.wg_interface.transform(name => name ?? null),
});

const edge = block({
  id: registerEdgeInput.shape.id,
  site: z.string('must be the name or id of a site').min(1, 'must be the name or id of a site'),
  interval_s: registerEdgeInput.shape.interval_s,
});

/** The schema of a network file. */
export const networkSchema: z.ZodType<FileNetwork> = block({
  version: z.literal(FILE_VERSION, `must be ${FILE_VERSION}: this is the only known version of the file`),
  policies: list(policy).optional(),
  default_routing: routing.optional(),
  sites: list(site).optional(),
  paths: list(path).optional(),
  edges: list(edge).optional(),
});
