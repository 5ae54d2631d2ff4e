import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { SystemRefused } from '../system/system-client.ts';

/** `edge` is for who may read all edges, `ownEdge` for the edge's own role. */
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

/** What the system has counted of one boot, as far as it is the edge's present one. */
export interface CountedBoot {
  /** The newest counted report of each part that is counted. */
  seqs: ReadonlyMap<number, number>;
  /** Of all parts together. */
  packets: bigint;
  bytes: bigint;
  /** Why a report of the boot was refused; undefined: none was. */
  refused: string | undefined;
}

export interface CountedBootQuery {
  edge_id: string;
  boot_id: string;
  /** The client signs with a role, which may be the edge's own. */
  signs?: boolean | undefined;
}

/** @throws EdgeError when the system does not answer or says no */
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
 * Another role than the edge's own may read all edges; where it may not either, the first refusal
 * says more.
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
