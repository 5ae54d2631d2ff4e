import { z } from 'zod';
import { signedBy } from '../../core/appsync/authorizer.ts';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { SignPost } from '../../core/appsync/sign-post.ts';
import type { PendingCommand } from '../../core/commands/edge-command.ts';
import type { EdgeNews } from '../../core/commands/edge-news.ts';
import type { EdgeRoutes } from '../../core/routing/edge-routes.ts';
import { edgePathSchema, edgeRouteSchema } from '../paths/route-schema.ts';
import type { RoutesReading, RoutesState } from '../paths/routes-reading.ts';
import type { ProbeAnswer } from '../probe/probe-outcome.ts';
import { SystemRefused, systemClient } from '../system/system-client.ts';

const commandSchema = z
  .object({
    id: z.string(),
    edge_id: z.string(),
    // Unknown kinds of commands, which later releases may have, are ignored.
    type: z.string(),
    data: z.string().transform(text => JSON.parse(text) as unknown),
    created_at: z.string(),
  })
  .transform(command => command as PendingCommand);

export const COMMAND_FIELDS = 'id edge_id type data created_at';

export const NEWS_FIELDS = 'policies_version routing_version spread_s';

const VERSIONS = 'site_id paths_version routing_version';

/** Systems of earlier releases have no versions in the answer, or not as arguments. */
const edgeRoutesQuery = (fields: string, names = false) => `query Routes(
  $edge_id: ID!, $next_token: String${names ? ', $policies_version: String, $routing_version: Int' : ''}
) {
  edgeRoutes(
    edge_id: $edge_id, limit: 100, next_token: $next_token
    ${names ? 'policies_version: $policies_version, routing_version: $routing_version' : ''}
  ) {
    ${fields}
    items {
      destination_site_id
      paths { path_id endpoint_id address peer_endpoint_id peer_address }
      routes { policy_id path_id }
    }
    next_token
  }
}`;

const newsSchema: z.ZodType<EdgeNews> = z.object({
  policies_version: z.string(),
  routing_version: z.number(),
  spread_s: z.number(),
});

/** Parses news from the connection. @throws ZodError */
export function readNews(raw: unknown): EdgeNews {
  return newsSchema.parse(raw);
}

/** Parses a command from the connection. @throws ZodError · SyntaxError */
export function readCommand(raw: unknown): PendingCommand {
  return commandSchema.parse(raw);
}

const edgeRoutesSchema = z.object({
  edgeRoutes: z.object({
    site_id: z.string().nullish(),
    paths_version: z.number().nullish(),
    routing_version: z.number().nullish(),
    items: z.array(
      z.object({
        destination_site_id: z.string(),
        paths: z.array(edgePathSchema),
        routes: z.array(edgeRouteSchema),
      }),
    ),
    next_token: z.string().nullish(),
  }),
});

/** Versions that an edge has, or was told about. */
export interface RoutesVersions {
  policies_version: string;
  routing_version: number;
}

/** The operations for edges, signed with the edge's identity. */
export interface EdgeApi extends GraphqlClient {
  pendingCommands(policies_version: string | undefined): Promise<PendingCommand[]>;
  /**
   * The paths and routes to every peer of the edge's site, with at least these versions; without
   * versions, the current ones.
   */
  edgeRoutes(at_least?: RoutesVersions): Promise<RoutesReading>;
  acknowledge(command_id: string): Promise<void>;
  reportProbe(command_id: string, answer: ProbeAnswer): Promise<void>;
}

export function edgeApi({
  url,
  edge_id,
  sign,
  fetch = globalThis.fetch,
}: {
  url: string | (() => Promise<string>);
  edge_id: string;
  sign: SignPost;
  fetch?: typeof globalThis.fetch;
}): EdgeApi {
  const { query } = systemClient({ url, authorizer: signedBy(sign), fetch });

  async function readPage(next_token: string | null, at_least: RoutesVersions | undefined): Promise<unknown> {
    const variables = { edge_id, next_token };
    const attempts = [
      ...(at_least ? [() => query(edgeRoutesQuery(VERSIONS, true), { ...variables, ...at_least })] : []),
      () => query(edgeRoutesQuery(VERSIONS), variables),
    ];
    for (const attempt of attempts) {
      try {
        return await attempt();
      } catch (cause) {
        if (!(cause instanceof SystemRefused) || !/\w_version/.test(cause.message)) throw cause;
      }
    }
    return query(edgeRoutesQuery(''), variables);
  }

  return {
    query,
    async pendingCommands(policies_version) {
      const data = await query(
        `query Pending($edge_id: ID!, $policies_version: String) {
          pendingCommands(edge_id: $edge_id, policies_version: $policies_version) { ${COMMAND_FIELDS} }
        }`,
        { edge_id, policies_version: policies_version ?? null },
      );
      return z.object({ pendingCommands: z.array(commandSchema) }).parse(data).pendingCommands;
    },
    async edgeRoutes(at_least) {
      const peers: EdgeRoutes[] = [];
      let state: RoutesState | undefined;
      let next_token: string | null | undefined;
      do {
        const asked = at_least && { ...at_least, ...(state && { routing_version: state.routing_version }) };
        const { edgeRoutes } = edgeRoutesSchema.parse(await readPage(next_token ?? null, asked));
        // Later pages are as new as this one, or newer.
        if (!next_token) state = stateOf(edgeRoutes);
        peers.push(...edgeRoutes.items);
        ({ next_token } = edgeRoutes);
      } while (next_token);
      return { state, peers };
    },
    async acknowledge(command_id) {
      await query(
        `mutation Acknowledge($edge_id: ID!, $command_id: ID!) {
          acknowledgeCommand(edge_id: $edge_id, command_id: $command_id)
        }`,
        { edge_id, command_id },
      );
    },
    async reportProbe(command_id, answer) {
      await query(
        `mutation Report(
          $edge_id: ID!, $command_id: ID!, $method: ProbeMethod, $sent: Int!, $received: Int!
          $latency_ms: Float, $jitter_ms: Float, $measured_at: AWSDateTime, $error: String
        ) {
          reportProbe(
            edge_id: $edge_id, command_id: $command_id, method: $method, sent: $sent, received: $received
            latency_ms: $latency_ms, jitter_ms: $jitter_ms, measured_at: $measured_at, error: $error
          )
        }`,
        { edge_id, command_id, ...answer },
      );
    },
  };
}

function stateOf({
  site_id,
  paths_version,
  routing_version,
}: z.infer<typeof edgeRoutesSchema>['edgeRoutes']): RoutesState | undefined {
  if (!site_id || typeof paths_version !== 'number' || typeof routing_version !== 'number') return undefined;
  return { site_id, paths_version, routing_version };
}
