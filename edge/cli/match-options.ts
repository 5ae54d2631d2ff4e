import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseAddress } from '../../core/policy/ip-address.ts';
import { protocolNumber } from '../flow-records/protocol-names.ts';
import type { TargetOptions } from '../system/target-options.ts';
import { addSystemOptions } from './system-options.ts';

/** One end of a flow; the port is 0 if none was given. */
export interface FlowEnd {
  address: string;
  port: number;
}

/** Options of `match`, parsed. */
export interface MatchOptions extends TargetOptions {
  policies?: string;
  src: FlowEnd;
  dst: FlowEnd;
  protocol: number;
  json?: boolean;
}

export function addMatchOptions(command: Command): Command {
  command
    .option('--policies <file>', 'JSON file with policies (default: those of the running system)')
    .addOption(
      new Option('--src <address>', 'source, such as 10.1.2.3:51234 or [2001:db8::9]:443')
        .argParser(endValue)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--dst <address>', 'destination, in the same form')
        .argParser(endValue)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--protocol <protocol>', 'name such as tcp, udp or icmp, or number')
        .argParser(protocolValue)
        .default(6, 'tcp'),
    )
    .option('--json', 'print the result as one JSON object on one line');
  return addSystemOptions(command);
}

/** The problem with a combination of options, if there is one. */
export function matchContradiction({ src, dst }: MatchOptions): string | undefined {
  if (src.address.includes(':') === dst.address.includes(':')) return undefined;
  return '--src and --dst must be of the same IP version';
}

function endValue(text: string): FlowEnd {
  const match =
    /^\[([^\]]{1,64})\](?::(\d{1,5}))?$/.exec(text) ?? /^([\d.]{1,15})(?::(\d{1,5}))?$/.exec(text);
  const address = match?.[1] ?? text;
  const port = Number(match?.[2] ?? 0);
  if (parseAddress(address) && port <= 65_535) return { address, port };
  throw new InvalidArgumentError(
    'It must be an address with or without a port, such as 10.1.2.3:51234, 2001:db8::9 or [2001:db8::9]:443.',
  );
}

function protocolValue(text: string): number {
  const protocol = /^\d{1,3}$/.test(text) ? Number(text) : protocolNumber(text);
  if (protocol !== undefined && protocol <= 255) return protocol;
  throw new InvalidArgumentError(
    'It must be a number from 0 to 255, or a name such as tcp, udp, icmp, ipv6-icmp, gre or esp.',
  );
}
