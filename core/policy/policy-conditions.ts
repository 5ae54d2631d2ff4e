import { APPLICATION_CLASSES, applicationClass, applicationIndex } from './application-class.ts';
import { type FlowKey, isV6, protocolOf } from './flow-key.ts';
import { requireCidr } from './ip-address.ts';
import type { PolicyMatch } from './policy.ts';
import { portRange } from './port-range.ts';

/** A condition of a policy's match rules. */
export interface PolicyCondition {
  name: 'protocol' | 'source_port' | 'destination_port' | 'source_cidr' | 'destination_cidr' | 'application';
  /** The required value, as text. */
  wanted: string;
  /** The flow's value, as text. */
  foundIn(flow: FlowKey): string;
  /** Whether the packed key at `base` of `words` meets the condition. */
  holds(words: Int32Array, base: number): boolean;
}

/**
 * Protocols with ports: TCP, UDP, DCCP, SCTP and UDP-Lite. Conditions on ports hold for no other
 * protocol.
 */
export const PORT_PROTOCOLS = [6, 17, 33, 132, 136] as const;

const hasPorts = new Uint8Array(256);
for (const protocol of PORT_PROTOCOLS) hasPorts[protocol] = 1;

const SOURCE_WORDS = [0, 4, 5, 6] as const;
const DESTINATION_WORDS = [1, 7, 8, 9] as const;

/**
 * The conditions of match rules, in the order in which they are tried.
 * @throws ValidationError for a network that can't be read.
 */
export function conditionsOf(match: PolicyMatch): PolicyCondition[] {
  const conditions: PolicyCondition[] = [];
  const { source_port, protocol, application, source_cidr, destination_cidr } = match;
  if (protocol !== undefined) {
    conditions.push({
      name: 'protocol',
      wanted: `${protocol}`,
      foundIn: flow => `${flow.protocol}`,
      holds: (words, base) => protocolOf(words[base + 3]!) === protocol,
    });
  }
  if (source_port !== undefined) {
    conditions.push({
      name: 'source_port',
      wanted: `${source_port}`,
      foundIn: flow => portText(flow, flow.src_port),
      holds: (words, base) =>
        words[base + 2]! >>> 16 === source_port && hasPorts[protocolOf(words[base + 3]!)] === 1,
    });
  }
  const ports = portRange(match);
  if (ports) {
    const { from, to } = ports;
    conditions.push({
      name: 'destination_port',
      wanted: from === to ? `${from}` : `${from} to ${to}`,
      foundIn: flow => portText(flow, flow.dst_port),
      holds: (words, base) => {
        const port = words[base + 2]! & 0xffff;
        return port >= from && port <= to && hasPorts[protocolOf(words[base + 3]!)] === 1;
      },
    });
  }
  if (source_cidr !== undefined) {
    conditions.push({
      name: 'source_cidr',
      wanted: source_cidr,
      foundIn: flow => flow.src,
      holds: withinNetwork(source_cidr, SOURCE_WORDS),
    });
  }
  if (destination_cidr !== undefined) {
    conditions.push({
      name: 'destination_cidr',
      wanted: destination_cidr,
      foundIn: flow => flow.dst,
      holds: withinNetwork(destination_cidr, DESTINATION_WORDS),
    });
  }
  if (application !== undefined) {
    const wanted = APPLICATION_CLASSES.indexOf(application);
    conditions.push({
      name: 'application',
      wanted: application,
      foundIn: flow => applicationClass(flow.protocol, flow.src_port, flow.dst_port),
      holds: (words, base) => {
        const ports = words[base + 2]!;
        return applicationIndex(protocolOf(words[base + 3]!), ports >>> 16, ports & 0xffff) === wanted;
      },
    });
  }
  return conditions;
}

function portText({ protocol }: FlowKey, port: number): string {
  return hasPorts[protocol] === 1 ? `${port}` : `none: protocol ${protocol} has no ports`;
}

function withinNetwork(text: string, places: readonly number[]): PolicyCondition['holds'] {
  const network = requireCidr(text);
  const six = network.address.family === 6;
  const compared = places
    .map((place, index) => ({ place, mask: wordMask(network.length - 32 * index) }))
    .map(({ place, mask }, index) => ({ place, mask, wanted: network.address.words[index]! & mask }))
    .filter(({ mask }) => mask !== 0);
  return (words, base) =>
    isV6(words[base + 3]!) === six &&
    compared.every(({ place, mask, wanted }) => (words[base + place]! & mask) === wanted);
}

function wordMask(bits: number): number {
  if (bits <= 0) {
    return 0;
  }
  return bits >= 32 ? -1 : -1 << (32 - bits);
}
