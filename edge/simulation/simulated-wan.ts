import type { EdgePath } from '../../core/routing/edge-routes.ts';
import { noPathCounts, type PathCounts } from '../../core/totals/path-counts.ts';
import { conditionsBetween, type PathConditions } from './path-conditions.ts';
import type { Random } from './random.ts';

/** Traffic that an edge sends over one of its paths. */
export interface Shipment {
  path: EdgePath;
  from_edge: string;
  /** Undefined: no edge of the simulation. */
  to_edge: string | undefined;
  packets: number;
  bytes: number;
}

/**
 * The network between simulated edges: it counts the traffic that each end of a path sends, and the
 * part of it that the other end receives.
 */
export class SimulatedWan {
  readonly #random: Random;
  readonly #conditions: (address: string, other: string) => PathConditions;
  /** By edge and path id. */
  readonly #ends = new Map<string, Map<string, PathCounts>>();

  constructor(
    random: Random,
    conditions: (address: string, other: string) => PathConditions = conditionsBetween,
  ) {
    this.#random = random;
    this.#conditions = conditions;
  }

  carry({ path, from_edge, to_edge, packets, bytes }: Shipment): void {
    const sender = this.#end(path.path_id, from_edge);
    sender.tx_packets += BigInt(packets);
    sender.tx_bytes += BigInt(bytes);
    if (to_edge === undefined) return;
    const { packet_loss_pct } = this.#conditions(path.address, path.peer_address);
    const lost = Math.min(packets, this.#random.poisson((packets * packet_loss_pct) / 100));
    const receiver = this.#end(path.path_id, to_edge);
    receiver.rx_packets += BigInt(packets - lost);
    receiver.rx_bytes += BigInt(bytes - Math.round((bytes * lost) / packets));
  }

  /** Totals of an edge's ends of paths, by path id. */
  totals(edge_id: string): ReadonlyMap<string, PathCounts> {
    return this.#ends.get(edge_id) ?? new Map();
  }

  #end(path_id: string, edge_id: string): PathCounts {
    const ends = this.#ends.get(edge_id) ?? new Map<string, PathCounts>();
    const counts = ends.get(path_id) ?? noPathCounts();
    this.#ends.set(edge_id, ends.set(path_id, counts));
    return counts;
  }
}
