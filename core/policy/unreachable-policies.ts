import { APPLICATION_CLASSES, applicationIndex, PORT_CLASS_STARTS } from './application-class.ts';
import type { FlowKey } from './flow-key.ts';
import {
  firstAddresses,
  holds,
  meets,
  type NetworkPair,
  networkPairs,
  uncoveredPart,
  WorkSpent,
} from './network-cover.ts';
import type { PolicyMatch, PolicyRule } from './policy.ts';
import { PORT_PROTOCOLS } from './policy-conditions.ts';
import { inOrderOfTrial } from './policy-match.ts';
import { portRange } from './port-range.ts';

/** A policy that no flow can match. */
export interface UnreachablePolicy {
  policy_id: string;
  /**
   * Earlier policies that together match everything that it would; empty if its own rules
   * contradict each other.
   */
  shadowed_by: string[];
}

/** Whether any flow can match an enabled policy. */
export type PolicyReach =
  | { policy_id: string; reach: 'reachable' /** A flow that matches it. */; example: FlowKey }
  | ({ reach: 'unreachable' } & UnreachablePolicy)
  /** The proof would take too long. */
  | { policy_id: string; reach: 'undecided' };

/** Maximum number of comparisons for one policy; a policy that needs more is undecided. */
const MAX_WORK = 200_000;

/** Maximum number of comparisons for all policies together. */
const MAX_TOTAL_WORK = 2_000_000;

/**
 * The enabled policies that can never match: their rules contradict each other, or earlier policies
 * together match everything that they would. Each one is proved; policies whose proof would take
 * too long are left out.
 *
 * @throws ValidationError for a network that can't be read
 */
export function unreachablePolicies(rules: readonly PolicyRule[]): UnreachablePolicy[] {
  return policyReaches(rules).flatMap(found =>
    found.reach === 'unreachable' ? [{ policy_id: found.policy_id, shadowed_by: found.shadowed_by }] : [],
  );
}

/**
 * Decides for each enabled policy whether flows can match it, in the order in which they are tried,
 * without `default`.
 *
 * @throws ValidationError for a network that can't be read
 */
export function policyReaches(rules: readonly PolicyRule[]): PolicyReach[] {
  const shapes = inOrderOfTrial(rules)
    .filter(({ enabled }) => enabled)
    .map(shapeOf);
  const total = { work: MAX_TOTAL_WORK };
  return shapes.map((shape, index) => {
    const before = shapes.slice(0, index).filter(other => mayMeet(shape, other));
    return reachOf(shape, before, total);
  });
}

/** A policy as the set of flows that match its rules. */
interface Shape {
  id: string;
  match: PolicyMatch;
  ports: { from: number; to: number } | undefined;
  application: number | undefined;
  /** Pairs of networks, one per IP version; empty if the rules require both versions. */
  networks: NetworkPair[];
}

function shapeOf({ id, match }: PolicyRule): Shape {
  const { application } = match;
  return {
    id,
    match,
    ports: portRange(match),
    application: application === undefined ? undefined : APPLICATION_CLASSES.indexOf(application),
    networks: networkPairs(match),
  };
}

/** False only if no flow matches both. */
function mayMeet(a: Shape, b: Shape): boolean {
  const differ = (x: number | undefined, y: number | undefined) =>
    x !== undefined && y !== undefined && x !== y;
  return !(
    differ(a.match.protocol, b.match.protocol) ||
    differ(a.match.source_port, b.match.source_port) ||
    differ(a.application, b.application) ||
    !a.networks.some(pair => b.networks.some(other => meets(pair, other))) ||
    (a.ports && b.ports && (a.ports.to < b.ports.from || b.ports.to < a.ports.from))
  );
}

function reachOf(shape: Shape, before: readonly Shape[], total: { work: number }): PolicyReach {
  const budget = { work: Math.min(MAX_WORK, total.work) };
  total.work -= budget.work;
  try {
    return decideReach(shape, before, budget);
  } catch (cause) {
    if (!(cause instanceof WorkSpent)) throw cause;
    return { policy_id: shape.id, reach: 'undecided' };
  } finally {
    total.work += Math.max(0, budget.work);
  }
}

function decideReach(shape: Shape, before: readonly Shape[], budget: { work: number }): PolicyReach {
  const policy_id = shape.id;
  const shadowedBy = (shadow: readonly Shape[]): PolicyReach => ({
    ...{ policy_id, reach: 'unreachable' },
    shadowed_by: shadow.map(({ id }) => id),
  });
  if (!uncoveredFlow(shape, [], budget)) return shadowedBy([]);
  const alone = before.find(other => mayCoverAlone(other, shape) && !uncoveredFlow(shape, [other], budget));
  if (alone) return shadowedBy([alone]);
  const example = uncoveredFlow(shape, before, budget);
  return example ? { policy_id, reach: 'reachable', example } : shadowedBy(neededOf(shape, before, budget));
}

/**
 * Reduces a set of policies that together shadow another one to those that are needed, as far as
 * the budget allows.
 */
function neededOf(shape: Shape, shadow: readonly Shape[], budget: { work: number }): readonly Shape[] {
  let needed = shadow;
  try {
    for (const other of shadow) {
      const fewer = needed.filter(one => one !== other);
      if (!uncoveredFlow(shape, fewer, budget)) needed = fewer;
    }
  } catch (cause) {
    if (!(cause instanceof WorkSpent)) throw cause;
  }
  return needed;
}

function mayCoverAlone(other: Shape, shape: Shape): boolean {
  return shape.networks.every(pair => other.networks.some(wider => holds(wider, pair)));
}

/**
 * A flow that matches `shape` and none of `others`; undefined: `others` match everything that it
 * does.
 *
 * @throws WorkSpent if the budget is not sufficient
 */
function uncoveredFlow(
  shape: Shape,
  others: readonly Shape[],
  budget: { work: number },
): FlowKey | undefined {
  for (const { transport, matching } of transportKinds(shape, others, budget)) {
    const networks = matching.flatMap(other => other.networks);
    for (const pair of shape.networks) {
      const part = uncoveredPart(pair, networks, budget);
      if (part) return { ...firstAddresses(part), ...transport };
    }
  }
  return undefined;
}

/** Protocol and ports of a flow. */
type Transport = Omit<FlowKey, 'src' | 'dst'>;

/**
 * The protocols and ports that `shape` matches, one example for each set of `others` that match
 * them too.
 */
function transportKinds(
  shape: Shape,
  others: readonly Shape[],
  budget: { work: number },
): { transport: Transport; matching: Shape[] }[] {
  const all = [shape, ...others];
  const byClass = all.some(({ application }) => application !== undefined);
  const sources = portKinds(
    byClass,
    all.map(({ match }) => match.source_port).map(port => port !== undefined && { from: port, to: port }),
  );
  const destinations = portKinds(
    byClass,
    all.map(({ ports }) => ports ?? false),
  );
  const kinds = new Map<string, { transport: Transport; matching: Shape[] }>();
  for (const protocol of protocolsOf(all)) {
    const has_ports = (PORT_PROTOCOLS as readonly number[]).includes(protocol);
    for (const src_port of has_ports ? sources : [0]) {
      for (const dst_port of has_ports ? destinations : [0]) {
        budget.work -= all.length;
        if (budget.work < 0) throw new WorkSpent();
        const transport = { protocol, src_port, dst_port };
        if (!matchesTransport(shape, transport)) continue;
        const matching = others.filter(other => matchesTransport(other, transport));
        kinds.set(matching.map(({ id }) => id).join('\u0000'), { transport, matching });
      }
    }
  }
  return [...kinds.values()];
}

function matchesTransport(
  { match, ports, application }: Shape,
  { protocol, src_port, dst_port }: Transport,
): boolean {
  if (match.protocol !== undefined && match.protocol !== protocol) return false;
  if (match.source_port !== undefined || ports) {
    if (!(PORT_PROTOCOLS as readonly number[]).includes(protocol)) return false;
    if (match.source_port !== undefined && match.source_port !== src_port) return false;
    if (ports && (dst_port < ports.from || dst_port > ports.to)) return false;
  }
  return application === undefined || applicationIndex(protocol, src_port, dst_port) === application;
}

/** Every protocol that any policy distinguishes, and one that represents all others. */
function protocolsOf(shapes: readonly Shape[]): number[] {
  const named = new Set<number>(PORT_PROTOCOLS);
  for (const { match } of shapes) if (match.protocol !== undefined) named.add(match.protocol);
  const other = Array.from({ length: 256 }, (_, protocol) => protocol).find(protocol => !named.has(protocol));
  return other === undefined ? [...named] : [...named, other];
}

/** One port for each kind of port that the ranges and the application classes distinguish. */
function portKinds(byClass: boolean, ranges: readonly ({ from: number; to: number } | false)[]): number[] {
  const wanted = ranges.filter(range => range !== false);
  const starts = new Set([
    ...(byClass ? PORT_CLASS_STARTS : [0]),
    ...wanted.flatMap(({ from, to }) => [from, to + 1]),
  ]);
  const kinds = new Map<string, number>();
  for (const port of starts) {
    if (port > 65_535) continue;
    const within = wanted.map(({ from, to }) => (port >= from && port <= to ? '1' : '0')).join('');
    kinds.set(`${byClass ? portClassKey(port) : ''} ${within}`, port);
  }
  return [...kinds.values()];
}

/** The properties of a port that decide a flow's class. */
function portClassKey(port: number): string {
  // With UDP and a second port without a class, the result shows the port's own class and RTP's
  // range.
  return `${applicationIndex(17, NO_CLASS_PORT, port)} ${applicationIndex(17, RTP_PORT, port)}`;
}

const NO_CLASS_PORT = 40_000;
const RTP_PORT = 20_000;
