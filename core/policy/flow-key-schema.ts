import { z } from 'zod';
import type { FlowKey } from './flow-key.ts';
import { parseAddress } from './ip-address.ts';
import { PORT_PROTOCOLS } from './policy-conditions.ts';

const address = z
  .string()
  .refine(text => parseAddress(text) !== undefined, 'must be an IPv4 or IPv6 address such as 192.0.2.1');

function wholeNumber(max: number) {
  const rule = `must be a whole number from 0 to ${max}`;
  return z.int(rule).min(0).max(max);
}

const port = wholeNumber(65_535)
  .nullish()
  .transform(given => given ?? 0);

/** Validates a flow from outside. Ports that are left out are 0, as for later fragments. */
export const flowKeySchema: z.ZodType<FlowKey> = z
  .object({ src: address, src_port: port, dst: address, dst_port: port, protocol: wholeNumber(255) })
  .superRefine((flow, check) => {
    const [src, dst] = [familyOf(flow.src), familyOf(flow.dst)];
    if (src && dst && src !== dst) {
      check.addIssue({ code: 'custom', path: ['dst'], message: 'must be of the same IP version as src' });
    }
    if (flow.protocol > 255 || (PORT_PROTOCOLS as readonly number[]).includes(flow.protocol)) return;
    for (const name of ['src_port', 'dst_port'] as const) {
      if (flow[name] === 0) continue;
      const message = `must be left out: protocol ${flow.protocol} has no ports`;
      check.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** Undefined for an address that can't be read, which is a problem of its own. */
const familyOf = (text: string) => parseAddress(text)?.family;
