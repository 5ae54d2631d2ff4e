import { type ApplicationClass, applicationClass } from '../policy/application-class.ts';
import { type Cidr, formatAddress, parseAddress } from '../policy/ip-address.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import { isOtherFlows } from '../totals/other-flows.ts';

/** What a logged flow must be like; all that is given must hold. */
export interface FlowFilter {
  policy_id?: string | undefined;
  site_id?: string | undefined;
  endpoint_id?: string | undefined;
  edge_id?: string | undefined;
  /** Either end lies in it. */
  address?: Cidr | undefined;
  src?: Cidr | undefined;
  dst?: Cidr | undefined;
  /** Either end has it. */
  port?: number | undefined;
  protocol?: number | undefined;
  application?: ApplicationClass | undefined;
}

/** Whether a flow passes; made once a query. Site and edge are a log item's, and asked there. */
export type FlowMatcher = (flow: FlowRecord) => boolean;

/**
 * Makes the test of a filter. The record that sums the flows a report doesn't list has no addresses, ports or protocol: it
 * passes only where none of them is asked for.
 */
export function flowMatcher(filter: FlowFilter): FlowMatcher {
  const tests: FlowMatcher[] = [];
  const { policy_id, endpoint_id, address, src, dst, port, protocol, application } = filter;
  if (policy_id !== undefined) tests.push(flow => flow.policy_id === policy_id);
  if (endpoint_id !== undefined) tests.push(flow => flow.endpoint_id === endpoint_id);
  if ([address, src, dst, port, protocol, application].some(given => given !== undefined)) {
    tests.push(flow => !isOtherFlows(flow));
  }
  if (protocol !== undefined) tests.push(flow => flow.protocol === protocol);
  if (port !== undefined) tests.push(flow => flow.src_port === port || flow.dst_port === port);
  if (application !== undefined) {
    tests.push(flow => applicationClass(flow.protocol, flow.src_port, flow.dst_port) === application);
  }
  if (src) tests.push(flow => lies(flow.src, src));
  if (dst) tests.push(flow => lies(flow.dst, dst));
  if (address) tests.push(flow => lies(flow.src, address) || lies(flow.dst, address));
  return flow => tests.every(test => test(flow));
}

/** The host that every flow which passes has at one end, canonical; undefined where a network or none is asked for. */
export function hostOf({ address, src, dst }: FlowFilter): string | undefined {
  const host = [address, src, dst].find(
    cidr => cidr && cidr.length === (cidr.address.family === 4 ? 32 : 128),
  );
  return host && formatAddress(host.address);
}

function lies(text: string, { address, length }: Cidr): boolean {
  const given = parseAddress(text);
  if (given?.family !== address.family) return false;
  return given.words.every((word, index) => {
    const bits = Math.min(32, Math.max(0, length - 32 * index));
    return bits === 0 || (word ^ address.words[index]!) >>> (32 - bits) === 0;
  });
}
