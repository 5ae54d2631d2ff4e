import { z } from 'zod';
import { requireEdge } from '../../../core/access/edge-identity.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { acknowledgeCommand } from '../../../core/commands/command-store.ts';
import { pendingCommands } from '../../../core/commands/pending-commands.ts';
import { readEdgeRoutes } from '../../../core/routing/edge-routes.ts';
import { rowsThatFit } from '../answer-size.ts';
import { edgeMemoryOf } from '../edge-memory.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type CommandOperation = 'Query.pendingCommands' | 'Query.edgeRoutes' | 'Mutation.acknowledgeCommand';

const target = ({ edge_id }: { edge_id: string }) => `edge:${edge_id}`;

export const commandResolvers: Pick<Resolvers, CommandOperation> = {
  'Query.pendingCommands': resolver({
    arguments: z.object({ edge_id: idArgument, policies_version: z.string().nullish() }),
    target,
    async resolve({ edge_id, policies_version = null }, { context, caller, edge_roles }) {
      requireEdge(caller, edge_id, edge_roles);
      const commands = await pendingCommands(context, { edge_id, policies_version });
      // An edge reads again every few minutes: commands that don't fit now are returned when others
      // have been acknowledged.
      return rowsThatFit(
        commands.map(({ data, ...command }) => ({ ...command, data: JSON.stringify(data) })),
      );
    },
  }),

  'Query.edgeRoutes': resolver({
    arguments: z.object({
      ...pageArguments,
      edge_id: idArgument,
      policies_version: z.string().nullish(),
      routing_version: z.number().nullish(),
    }),
    target,
    async resolve({ policies_version, routing_version, ...query }, call) {
      requireEdge(call.caller, query.edge_id, call.edge_roles);
      const at_least = bothVersions(policies_version, routing_version);
      return readEdgeRoutes(call.context, edgeMemoryOf(call), { ...query, at_least });
    },
  }),

  'Mutation.acknowledgeCommand': resolver({
    arguments: z.object({ edge_id: idArgument, command_id: idArgument }),
    target,
    async resolve({ edge_id, command_id }, { context, caller, edge_roles }) {
      requireEdge(caller, edge_id, edge_roles);
      return acknowledgeCommand(context, { edge_id, command_id });
    },
  }),
};

// With only one version, an edge could take routes for new ones that are older than its own.
function bothVersions(
  policies_version: string | null | undefined,
  routing_version: number | null | undefined,
) {
  if (!policies_version || typeof routing_version !== 'number') return undefined;
  return { policies_version: Number(policies_version), routing_version };
}
