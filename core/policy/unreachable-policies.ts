import { APPLICATION_CLASSES, applicationIndex, PORT_CLASS_STARTS } from './application-class.ts';
import { coversNetworks, holds, meets, type NetworkPair, networkPairs } from './network-cover.ts';
import type { PolicyMatch, PolicyRule } from './policy.ts';
import { PORT_PROTOCOLS } from './policy-conditions.ts';
import { inOrderOfTrial } from './policy-match.ts';
import { portRange } from './port-range.ts';

/** A policy that no flow can belong to. */
export interface UnreachablePolicy {
  policy_id: string;
  /** The policies that come first and together take all that it would match; empty where its own rules contradict. */
  shadowed_by: string[];
}

/** How many comparisons a policy may cost; a policy that costs more is left undecided. */
const MAX_WORK = 200_000;

/** How many all policies together may cost. */
const MAX_TOTAL_WORK = 2_000_000;

/**
 * The enabled policies that can never match: rules that contradict each other, or policies that come first and together
 * match everything they do. Every one that is named is proved; where the proof would take too long, none is named.
 *
 * @throws ValidationError for a network that can't be read
 */
export function unreachablePolicies(rules: readonly PolicyRule[]): UnreachablePolicy[] {
  const tried = inOrderOfTrial(rules).filter(({ enabled }) => enabled);
  const shapes = tried.map(shapeOf);
  const total = { work: MAX_TOTAL_WORK };
  return shapes.flatMap((shape, index): UnreachablePolicy[] => {
    const before = shapes.slice(0, index).filter(other => mayMeet(shape, other));
    const shadowed_by = shadowOf(shape, before, total);
    return shadowed_by ? [{ policy_id: shape.id, shadowed_by: shadowed_by.map(({ id }) => id) }] : [];
  });
}

/** A policy as the set of flows that it matches. */
interface Shape {
  id: string;
  match: PolicyMatch;
  ports: { from: number; to: number } | undefined;
  application: number | undefined;
  /** Pairs of networks, one an IP version; empty where the rules want two versions. */
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

/** False only where no flow matches both. */
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

/** The policies that shadow another, none more than needed; undefined where it is reachable or that is not decided. */
function shadowOf(
  shape: Shape,
  before: readonly Shape[],
  total: { work: number },
): readonly Shape[] | undefined {
  const budget = { work: Math.min(MAX_WORK, total.work) };
  total.work -= budget.work;
  const shadow = decideShadow(shape, before, budget);
  total.work += Math.max(0, budget.work);
  return shadow;
}

function decideShadow(
  shape: Shape,
  before: readonly Shape[],
  budget: { work: number },
): readonly Shape[] | undefined {
  if (isCovered(shape, [], budget)) return [];
  const alone = before.find(other => mayCoverAlone(other, shape) && isCovered(shape, [other], budget));
  if (alone) return [alone];
  if (!isCovered(shape, before, budget)) return undefined;
  let needed = before;
  for (const other of before) {
    const fewer = needed.filter(one => one !== other);
    if (isCovered(shape, fewer, budget)) needed = fewer;
  }
  return needed;
}

function mayCoverAlone(other: Shape, shape: Shape): boolean {
  return shape.networks.every(pair => other.networks.some(wider => holds(wider, pair)));
}

/** Whether each flow that `shape` matches is matched by one of `others` too; false where the budget does not suffice. */
function isCovered(shape: Shape, others: readonly Shape[], budget: { work: number }): boolean {
  const all = [shape, ...others];
  const protocols = protocolsOf(all);
  const byClass = all.some(({ application }) => application !== undefined);
  const sources = portKinds(
    byClass,
    all.map(({ match }) => match.source_port).map(port => port !== undefined && { from: port, to: port }),
  );
  const destinations = portKinds(
    byClass,
    all.map(({ ports }) => ports ?? false),
  );
  const sets = new Map<string, Shape[]>();
  for (const protocol of protocols) {
    for (const source of sources) {
      for (const destination of destinations) {
        budget.work -= all.length;
        if (budget.work < 0) return false;
        if (!matchesTransport(shape, protocol, source, destination)) continue;
        const matching = others.filter(other => matchesTransport(other, protocol, source, destination));
        sets.set(matching.map(({ id }) => id).join('\u0000'), matching);
      }
    }
  }
  return [...sets.values()].every(matching =>
    shape.networks.every(pair =>
      coversNetworks(
        pair,
        matching.flatMap(({ networks }) => networks),
        budget,
      ),
    ),
  );
}

function matchesTransport(shape: Shape, protocol: number, source: number, destination: number): boolean {
  const { match, ports, application } = shape;
  if (match.protocol !== undefined && match.protocol !== protocol) return false;
  if (match.source_port !== undefined || ports) {
    if (!(PORT_PROTOCOLS as readonly number[]).includes(protocol)) return false;
    if (match.source_port !== undefined && match.source_port !== source) return false;
    if (ports && (destination < ports.from || destination > ports.to)) return false;
  }
  return application === undefined || applicationIndex(protocol, source, destination) === application;
}

/** Every protocol that any of the policies tells apart, and one that stands for all others. */
function protocolsOf(shapes: readonly Shape[]): number[] {
  const named = new Set<number>(PORT_PROTOCOLS);
  for (const { match } of shapes) if (match.protocol !== undefined) named.add(match.protocol);
  const other = Array.from({ length: 256 }, (_, protocol) => protocol).find(protocol => !named.has(protocol));
  return other === undefined ? [...named] : [...named, other];
}

/** One port for each kind of port that the ranges and the application classes tell apart. */
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

/** What decides the class of a flow with this port. */
function portClassKey(port: number): string {
  // Beside a port without a class, UDP tells a class's own ports and RTP's range.
  return `${applicationIndex(17, NO_CLASS_PORT, port)} ${applicationIndex(17, RTP_PORT, port)}`;
}

const NO_CLASS_PORT = 40_000;
const RTP_PORT = 20_000;
