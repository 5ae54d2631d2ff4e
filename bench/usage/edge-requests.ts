/** A request that an edge makes of its own accord while nothing changes. */
export interface EdgeRequest {
  field: string;
  /** Seconds from one to the next. */
  every_s: number;
  selection: string[];
}

/** Once an hour, and once a day after AppSync has closed the connection (docs/decisions/156). */
const EVERY_S = 86_400 / 25;

/** What a steady edge asks while it listens (edge/commands/follow-system.ts). */
export const EDGE_REQUESTS: readonly EdgeRequest[] = [
  {
    field: 'edgeRoutes',
    every_s: EVERY_S,
    selection: [
      ...[
        'site_id',
        'paths_version',
        'routing_version',
        'items',
        'items/destination_site_id',
        'items/paths',
        'items/paths/path_id',
        'items/paths/endpoint_id',
      ],
      ...['items/paths/address', 'items/paths/peer_endpoint_id', 'items/paths/peer_address'],
      ...['items/routes', 'items/routes/policy_id', 'items/routes/path_id', 'next_token'],
    ],
  },
  {
    field: 'pendingCommands',
    every_s: EVERY_S,
    selection: ['id', 'edge_id', 'type', 'data', 'created_at'],
  },
];
