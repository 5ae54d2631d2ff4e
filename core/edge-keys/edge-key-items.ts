import { z } from 'zod';
import type { ItemKey } from '../storage/item.ts';

/**
 * A public key of an edge. It is never deleted: reports that arrived in its time are judged by it
 * for good.
 */
export interface EdgeKey {
  /** RFC 7638 thumbprint. */
  kid: string;
  /** The key's 32 bytes in base64url. */
  x: string;
  /** RFC 3339, UTC: good for reports that the stream got from then on … */
  from: string;
  /** … and before then; null: it was not revoked. */
  until: string | null;
}

/** Partition of an edge's keys: one item, which is read by its key for many edges at once. */
function edgeKeysPartition(edge_id: string): string {
  return `KEYS#${edge_id}`;
}

/** The item with an edge's keys. */
export function edgeKeysKey(edge_id: string): ItemKey {
  return { pk: edgeKeysPartition(edge_id), sk: 'KEYS' };
}

/** Partition of the item that says whose a key is: a key belongs to one edge. */
function keyOwnerPartition(kid: string): string {
  return `KEY#${kid}`;
}

export function keyOwnerKey(kid: string): ItemKey {
  return { pk: keyOwnerPartition(kid), sk: 'OWNER' };
}

/**
 * Partition of the list of changes: its sort key is the number of a change, so that who knows one
 * reads only those after it.
 */
export const KEY_CHANGES_PARTITION = 'KEY_CHANGES';

export function keyChangeKey(number: number): ItemKey {
  return { pk: KEY_CHANGES_PARTITION, sk: String(number).padStart(12, '0') };
}

const time = z.string().refine(text => !Number.isNaN(Date.parse(text)), 'a time');

export const edgeKeysItemSchema = z.object({
  /** Grows with every change. */
  revision: z.number(),
  /** In the order in which they were registered. */
  keys: z.array(
    z.object({ kid: z.string(), x: z.string(), from: time, until: time.nullable().default(null) }),
  ),
});

export type EdgeKeysItem = z.output<typeof edgeKeysItemSchema>;

/** A change of an edge's keys. */
export const keyChangeSchema = z.object({
  sk: z.string().transform(Number),
  edge_id: z.string(),
  /** The revision of the edge's item that it made. */
  revision: z.number(),
});

export const keyOwnerSchema = z.object({ edge_id: z.string() });
