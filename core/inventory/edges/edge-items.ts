import { z } from 'zod';

/** An edge of the inventory. Until it is retired, it is expected to report. */
export interface RegisteredEdge {
  id: string;
  /** UUID of its site. */
  site_id: string;
  /** How often it reports, seconds. */
  interval_s: number;
  /** RFC 3339, UTC: when it was (last) registered. */
  registered_at: string;
  /** When it was taken out of service; null while it is in service. */
  retired_at: string | null;
}

/** When an edge's entry in the inventory was last changed. RFC 3339, UTC. */
export function edgeUpdatedAt({ registered_at, retired_at }: RegisteredEdge): string {
  return retired_at !== null && retired_at > registered_at ? retired_at : registered_at;
}

/** An edge in audit entries; its keys, which entries also contain, aren't parsed. */
export const registeredEdgeSchema = z.object({
  id: z.string(),
  site_id: z.string(),
  interval_s: z.number().default(60),
  registered_at: z.string(),
  retired_at: z.string().nullable().default(null),
  keys: z.array(z.unknown()).optional(),
});

export const EDGE_PARTITION = 'EDGE';

/** The interval of an edge that was registered without one, seconds. */
export const DEFAULT_INTERVAL_S = 60;

const servicePeriodSchema = z.object({ from: z.string(), to: z.string().nullable() });

/** A period in which an edge was in service. RFC 3339, UTC; `to` is null while it lasts. */
export type ServicePeriod = z.output<typeof servicePeriodSchema>;

/**
 * A stored edge; each change raises `revision`. Old releases stored neither interval nor service.
 */
export const edgeItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  revision: z.number(),
  site_id: z.string(),
  interval_s: z.number().default(DEFAULT_INTERVAL_S),
  registered_at: z.string(),
  retired_at: z.string().nullable().default(null),
  service: z.array(servicePeriodSchema).optional(),
  /** Whether its site's list has an entry for it; old releases had no lists. */
  listed: z.boolean().optional(),
});

export type EdgeItem = z.output<typeof edgeItemSchema>;

export function edgeFromItem({
  sk,
  site_id,
  interval_s,
  registered_at,
  retired_at,
}: EdgeItem): RegisteredEdge {
  return { id: sk, site_id, interval_s, registered_at, retired_at };
}

export function edgeToItem(
  { id, ...rest }: RegisteredEdge,
  { revision, service }: { revision: number; service: ServicePeriod[] },
): EdgeItem {
  return { pk: EDGE_PARTITION, sk: id, revision, ...rest, service, listed: true };
}
