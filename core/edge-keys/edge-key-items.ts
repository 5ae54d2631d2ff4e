import { z } from 'zod';
import type { ItemKey } from '../storage/item.ts';

/**
 * A public key of an edge. It is kept for good, to judge reports that arrived while it was valid.
 */
export interface EdgeKey {
  /** RFC 7638 thumbprint. */
  kid: string;
  /** The key's 32 bytes in base64url. */
  x: string;
  /** RFC 3339, UTC: valid for reports that reached the stream from then on. */
  from: string;
  /** Valid for reports that reached the stream before then; null while it isn't revoked. */
  until: string | null;
}

/** Partition of an edge's keys: one item, so that batch reads can get those of many edges. */
function edgeKeysPartition(edge_id: string): string {
  return `KEYS#${edge_id}`;
}

/** Key of the item with an edge's keys. */
export function edgeKeysKey(edge_id: string): ItemKey {
  return { pk: edgeKeysPartition(edge_id), sk: 'KEYS' };
}

/** Partition of the item that names a key's owner: a key belongs to one edge. */
function keyOwnerPartition(kid: string): string {
  return `KEY#${kid}`;
}

export function keyOwnerKey(kid: string): ItemKey {
  return { pk: keyOwnerPartition(kid), sk: 'OWNER' };
}

/**
 * Partition of the list of changes, by number, so that a reader can read those after a known one.
 */
export const KEY_CHANGES_PARTITION = 'KEY_CHANGES';

export function keyChangeKey(number: number): ItemKey {
  return { pk: KEY_CHANGES_PARTITION, sk: String(number).padStart(12, '0') };
}

const time = z.string().refine(text => !Number.isNaN(Date.parse(text)), 'a time');

export const edgeKeysItemSchema = z.object({
  /** Raised by every change. */
  revision: z.number(),
  /** In the order of their registration. */
  keys: z.array(
    z.object({ kid: z.string(), x: z.string(), from: time, until: time.nullable().default(null) }),
  ),
});

export type EdgeKeysItem = z.output<typeof edgeKeysItemSchema>;

/** A change of an edge's keys. */
export const keyChangeSchema = z.object({
  sk: z.string().transform(Number),
  edge_id: z.string(),
  /** The revision of the edge's item after the change. */
  revision: z.number(),
});

export const keyOwnerSchema = z.object({ edge_id: z.string() });
