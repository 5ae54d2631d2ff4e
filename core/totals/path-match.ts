import { type FlowKey, isV6, KEY_WORDS, packFlowKey } from '../policy/flow-key.ts';

/** One end of a path, as it appears in packets. */
export interface PathEnd {
  /** IPv4 or IPv6 address. */
  address: string;
  /** Given if it identifies the tunnel's packets. */
  port?: number | undefined;
}

/** The two ends of a path's tunnel: its packets go from one to the other. */
export interface PathEnds {
  path_id: string;
  /** This edge's end. */
  local: PathEnd;
  remote: PathEnd;
}

/** Slot of flows without a path. */
export const NO_PATH = 0;

/**
 * The slot of traffic sent over the path with this index; that of received traffic is the next one.
 */
function sentSlot(index: number): number {
  return 2 * index + 1;
}

/** The index of a slot's path. */
export function pathOfSlot(slot: number): number {
  return (slot - 1) >> 1;
}

export function isSent(slot: number): boolean {
  return slot % 2 === 1;
}

/** Finds the path and the direction of a flow. */
export interface PathMatcher {
  /** The slot of the packed key at `base` of `words`, or {@link NO_PATH}. */
  matchPacked(words: Int32Array, base: number): number;
}

interface Direction {
  slot: number;
  src_port: number | undefined;
  dst_port: number | undefined;
}

/**
 * Compiles the ends of paths for matching: a flow belongs to a path if its outer addresses are the
 * path's two ends and its ports are those that the ends name. Later fragments have no ports, so
 * their addresses decide. If ports don't decide between paths with the same ends, the one that is
 * listed before the others matches.
 *
 * @param indexOf a number for each path, 0 …
 * @throws ValidationError for two ends that are not two addresses of one family
 */
export function compilePaths(
  paths: readonly PathEnds[],
  indexOf: (path_id: string) => number,
): PathMatcher | undefined {
  if (paths.length === 0) return undefined;
  const directions = new Map<string, Direction[]>();
  const scratch = new Int32Array(KEY_WORDS);
  const add = (from: PathEnd, to: PathEnd, slot: number): void => {
    const flow: FlowKey = { src: from.address, src_port: 0, dst: to.address, dst_port: 0, protocol: 0 };
    packFlowKey(flow, 0, scratch);
    const key = addressesOf(scratch, 0);
    const known = directions.get(key) ?? [];
    directions.set(key, [...known, { slot, src_port: from.port, dst_port: to.port }]);
  };
  for (const { path_id, local, remote } of paths) {
    const sent = sentSlot(indexOf(path_id));
    add(local, remote, sent);
    add(remote, local, sent + 1);
  }
  return {
    matchPacked(words, base) {
      const candidates = directions.get(addressesOf(words, base));
      if (!candidates) return NO_PATH;
      const ports = words[base + 2]!;
      return candidates.find(one => ports === 0 || hasPorts(one, ports))?.slot ?? NO_PATH;
    },
  };
}

function hasPorts({ src_port, dst_port }: Direction, ports: number): boolean {
  return (
    (src_port === undefined || src_port === ports >>> 16) &&
    (dst_port === undefined || dst_port === (ports & 0xffff))
  );
}

function addressesOf(words: Int32Array, base: number): string {
  const first = `${words[base]} ${words[base + 1]}`;
  if (!isV6(words[base + 3]!)) return first;
  return `${first} ${words.subarray(base + 4, base + 10).join(' ')}`;
}
