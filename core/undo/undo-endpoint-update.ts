import { endpointSchema, toEndpoint } from '../inventory/model/site-items.ts';
import { readActiveEndpoint, readActiveSite } from '../inventory/sites/active-site.ts';
import { endpointUpdated, planEndpoint } from '../inventory/sites/update-endpoint.ts';
import { timestamp } from '../storage/store-context.ts';
import { commitUndo } from './commit-undo.ts';
import { stepBack } from './step-back.ts';
import type { Undoer } from './undoer.ts';

/** updateEndpoint: restores those of address, type and cost that the change had changed. */
export const undoEndpointUpdate: Undoer = {
  role: 'Mutation.updateEndpoint',
  undo: request =>
    commitUndo(request, async () => {
      const { context, entry } = request;
      const [before, after] = [endpointSchema.parse(entry.before), endpointSchema.parse(entry.after)];
      const site = await readActiveSite(context, after.site_id);
      const current = toEndpoint(await readActiveEndpoint(context, after.site_id, after.id));
      const now = timestamp(context.clock());
      const what = `Endpoint ${after.id} of site ${after.site_id}`;
      const back = stepBack({ what, by_hand: 'updateEndpoint', before, after, current, now });
      return {
        did: 'updateEndpoint',
        actions: await planEndpoint(context, site, back),
        before: current,
        after: back,
        event: endpointUpdated(site, back),
        message: `${what} is as it was before the change.`,
      };
    }),
};
