import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { SystemRefused } from '../system/system-client.ts';

/** `edge` is for callers who may read all edges, `ownEdge` for the edge's own role. */
const counted = (field: string) => `query Counted($id: ID!) {
  edge: ${field} {
    parts { part boot_id seq packets_exact bytes_exact }
    refused { boot_id reason }
  }
}`;
const COUNTED = counted('edge(id: $id)');
const COUNTED_OWN = counted('ownEdge(edge_id: $id)');

const count = z.string().transform(BigInt);

const answer = z.object({
  edge: z
    .object({
      parts: z.array(
        z.object({
          part: z.number(),
          boot_id: z.string(),
          seq: z.number(),
          packets_exact: count,
          bytes_exact: count,
        }),
      ),
      refused: z.object({ boot_id: z.string(), reason: z.string() }).nullish(),
    })
    .nullish(),
});

/** The counts of a boot in the system, if it is the edge's current boot. */
export interface CountedBoot {
  /** Number of the newest counted report of each part. */
  seqs: ReadonlyMap<number, number>;
  /** Sum of all parts. */
  packets: bigint;
  bytes: bigint;
  /** Why a report of the boot was refused; undefined: no report was refused. */
  refused: string | undefined;
}

export interface CountedBootQuery {
  edge_id: string;
  boot_id: string;
  /** Whether the client signs with a role, which may be the edge's own. */
  signs?: boolean | undefined;
}

/** @throws EdgeError if the system does not answer, or refuses */
export async function readCountedBoot(
  graphql: GraphqlClient,
  { edge_id, boot_id, signs }: CountedBootQuery,
): Promise<CountedBoot> {
  const query = signs ? askAsItself : askAsReader;
  const { edge } = answer.parse(await query(graphql, edge_id));
  const parts = (edge?.parts ?? []).filter(part => part.boot_id === boot_id);
  return {
    seqs: new Map(parts.map(({ part, seq }) => [part, seq])),
    packets: parts.reduce((sum, { packets_exact }) => sum + packets_exact, 0n),
    bytes: parts.reduce((sum, { bytes_exact }) => sum + bytes_exact, 0n),
    refused: edge?.refused?.boot_id === boot_id ? edge.refused.reason : undefined,
  };
}

const askAsReader = (graphql: GraphqlClient, id: string) => graphql.query(COUNTED, { id });

/**
 * Tries the edge's own query first. Other roles may be allowed to read all edges; if not, the first
 * refusal is more helpful.
 */
async function askAsItself(graphql: GraphqlClient, id: string): Promise<unknown> {
  try {
    return await graphql.query(COUNTED_OWN, { id });
  } catch (refused) {
    if (!(refused instanceof SystemRefused)) throw refused;
    return askAsReader(graphql, id).catch(cause => {
      throw cause instanceof SystemRefused ? refused : cause;
    });
  }
}
