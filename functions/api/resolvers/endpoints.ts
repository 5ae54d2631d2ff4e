import { endpointTarget } from '../../../core/inventory/model/site-events.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { updateEndpoint } from '../../../core/inventory/sites/update-endpoint.ts';
import { type Resolvers, resolver } from '../resolver.ts';
import { validatedInCore } from '../validated-in-core.ts';

type EndpointOperation = 'Mutation.addEndpoint' | 'Mutation.updateEndpoint' | 'Mutation.removeEndpoint';

export const endpointResolvers: Pick<Resolvers, EndpointOperation> = {
  'Mutation.addEndpoint': resolver({
    arguments: validatedInCore('Mutation.addEndpoint'),
    target: ({ site_id, endpoint_id }) => endpointTarget(site_id, endpoint_id ?? ''),
    resolve: (input, { context, caller }) => addEndpoint(context, caller, input),
  }),

  'Mutation.updateEndpoint': resolver({
    arguments: validatedInCore('Mutation.updateEndpoint'),
    target: ({ site_id, endpoint_id }) => endpointTarget(site_id, endpoint_id),
    resolve: (input, { context, caller }) => updateEndpoint(context, caller, input),
  }),

  'Mutation.removeEndpoint': resolver({
    arguments: validatedInCore('Mutation.removeEndpoint'),
    target: ({ site_id, endpoint_id }) => endpointTarget(site_id, endpoint_id),
    async resolve(input, { context, caller }) {
      return { success: true, ...(await removeEndpoint(context, caller, input)) };
    },
  }),
};
