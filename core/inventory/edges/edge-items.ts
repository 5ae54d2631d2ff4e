import { z } from 'zod';

/** An edge of the inventory: it is expected to report while it isn't retired. */
export interface RegisteredEdge {
  id: string;
  /** UUID of its site. */
  site_id: string;
  /** RFC 3339, UTC: when it was (last) registered. */
  registered_at: string;
  /** When it was taken out of service; null while it is in service. */
  retired_at: string | null;
}

export const EDGE_PARTITION = 'EDGE';

/** As it is stored; `revision` grows with every change. */
export const edgeItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  revision: z.number(),
  site_id: z.string(),
  registered_at: z.string(),
  retired_at: z.string().nullable().default(null),
});

export type EdgeItem = z.output<typeof edgeItemSchema>;

export function edgeFromItem({ sk, site_id, registered_at, retired_at }: EdgeItem): RegisteredEdge {
  return { id: sk, site_id, registered_at, retired_at };
}

export function edgeToItem({ id, ...rest }: RegisteredEdge, revision: number): EdgeItem {
  return { pk: EDGE_PARTITION, sk: id, revision, ...rest };
}
