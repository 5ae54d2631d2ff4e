import { ValidationError } from '../errors.ts';
import { APPLICATION_CLASSES, applicationIndex } from './application-class.ts';
import { type FlowKey, isV6, KEY_WORDS, packFlowKey, protocolOf } from './flow-key.ts';
import { parseCidr } from './ip-address.ts';
import { DEFAULT_POLICY_ID, type PolicyMatch, type PolicyRule } from './policy.ts';

/** Decides which policy a flow belongs to. */
export interface PolicyMatcher {
  /** Ids by index, in the order in which they are tried; the last one is `default`. */
  readonly policy_ids: readonly string[];
  /** Index into `policy_ids` of the policy that the packed key at `base` of `words` belongs to. */
  matchPacked(words: Int32Array, base: number): number;
  /** The id of the policy that a flow belongs to. */
  match(flow: FlowKey): string;
}

type Condition = (words: Int32Array, base: number) => boolean;

/**
 * Compiles policies for matching: of the enabled ones that match, the highest priority wins, and of equals the one
 * that was defined first ({@link comparePolicyIds}). `default` is always there, last.
 *
 * @throws ValidationError for a network that can't be read.
 * @example compilePolicies([{ id: '1', name: 'web', priority: 10, enabled: true, match: { protocol: 6 } }])
 */
export function compilePolicies(rules: readonly PolicyRule[]): PolicyMatcher {
  const tried = rules
    .filter(rule => rule.enabled && rule.id !== DEFAULT_POLICY_ID)
    .toSorted((a, b) => b.priority - a.priority || comparePolicyIds(a.id, b.id));
  const conditions = tried.map(rule => conditionsOf(rule.match));
  const policy_ids = [...tried.map(rule => rule.id), DEFAULT_POLICY_ID];
  const fallback = conditions.length;
  const scratch = new Int32Array(KEY_WORDS);

  function matchPacked(words: Int32Array, base: number): number {
    for (let index = 0; index < fallback; index++) {
      if (conditions[index]!.every(holds => holds(words, base))) {
        return index;
      }
    }
    return fallback;
  }

  return {
    policy_ids,
    matchPacked,
    match(flow) {
      packFlowKey(flow, 0, scratch);
      return policy_ids[matchPacked(scratch, 0)]!;
    },
  };
}

const NUMERIC_ID = /^(0|[1-9]\d*)$/;

/**
 * Order of policy ids: "2" before "10" before "p-01k…" before "p-01m…". Ids that the system gives out are in the order of definition: first
 * numbers (by earlier releases), then `p-` and a ULID. Edges of earlier releases compare in the same way.
 */
export function comparePolicyIds(a: string, b: string): number {
  const aNumeric = NUMERIC_ID.test(a);
  const bNumeric = NUMERIC_ID.test(b);
  if (aNumeric !== bNumeric) {
    return aNumeric ? -1 : 1;
  }
  if (aNumeric && a.length !== b.length) {
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const SOURCE_WORDS = [0, 4, 5, 6] as const;
const DESTINATION_WORDS = [1, 7, 8, 9] as const;

function conditionsOf(match: PolicyMatch): Condition[] {
  const conditions: Condition[] = [];
  const { source_port, protocol, application } = match;
  if (protocol !== undefined) {
    conditions.push((words, base) => protocolOf(words[base + 3]!) === protocol);
  }
  if (source_port !== undefined) {
    conditions.push((words, base) => words[base + 2]! >>> 16 === source_port);
  }
  if (match.destination_port_from !== undefined || match.destination_port_to !== undefined) {
    const from = match.destination_port_from ?? 0;
    const to = match.destination_port_to ?? from;
    conditions.push((words, base) => {
      const port = words[base + 2]! & 0xffff;
      return port >= from && port <= to;
    });
  }
  if (match.source_cidr !== undefined) {
    conditions.push(withinNetwork(match.source_cidr, SOURCE_WORDS));
  }
  if (match.destination_cidr !== undefined) {
    conditions.push(withinNetwork(match.destination_cidr, DESTINATION_WORDS));
  }
  if (application !== undefined) {
    const wanted = APPLICATION_CLASSES.indexOf(application);
    conditions.push((words, base) => {
      const ports = words[base + 2]!;
      return applicationIndex(protocolOf(words[base + 3]!), ports >>> 16, ports & 0xffff) === wanted;
    });
  }
  return conditions;
}

function withinNetwork(text: string, places: readonly number[]): Condition {
  const network = parseCidr(text);
  if (!network) {
    throw new ValidationError(
      `"${text}" is not an IPv4 or IPv6 network such as 10.0.0.0/8 or 2001:db8::/32.`,
    );
  }
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
