import { z } from 'zod';
import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';

const COUNTED = `query Counted($id: ID!) {
  edge(id: $id) {
    parts { part boot_id seq packets_exact bytes_exact }
    refused { boot_id reason }
  }
}`;

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

export async function readCountedBoot(
  graphql: GraphqlClient,
  { edge_id, boot_id }: { edge_id: string; boot_id: string },
): Promise<CountedBoot> {
  const { edge } = answer.parse(await graphql.query(COUNTED, { id: edge_id }));
  const parts = (edge?.parts ?? []).filter(part => part.boot_id === boot_id);
  return {
    seqs: new Map(parts.map(({ part, seq }) => [part, seq])),
    packets: parts.reduce((sum, { packets_exact }) => sum + packets_exact, 0n),
    bytes: parts.reduce((sum, { bytes_exact }) => sum + bytes_exact, 0n),
    refused: edge?.refused?.boot_id === boot_id ? edge.refused.reason : undefined,
  };
}
