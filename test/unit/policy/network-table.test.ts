import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cidr, type IpAddress, parseAddress, parseCidr } from '../../../core/policy/ip-address.ts';
import { NetworkTable } from '../../../core/policy/network-table.ts';

/** Few leading bits, so that networks contain each other. */
const text = fc
  .tuple(
    fc.constantFrom('10.0', '10.1', '192.168', '2001:db8:', '::'),
    fc.nat({ max: 3 }),
    fc.nat({ max: 3 }),
  )
  .map(([head, a, b]) =>
    head.endsWith(':') ? `${head}:${a}:${b}`.replace(':::', '::') : `${head}.${a}.${b}`,
  )
  .filter(text => parseAddress(text) !== undefined);
const network = fc
  .tuple(text, fc.integer({ min: 0, max: 128 }))
  .map(([text, length]) => parseCidr(`${text}/${text.includes(':') ? length : length % 33}`)!);

const bitsOf = ({ words }: IpAddress) =>
  words.map(word => (word >>> 0).toString(2).padStart(32, '0')).join('');

function holds({ address, length }: Cidr, given: IpAddress): boolean {
  return given.family === address.family && bitsOf(given).startsWith(bitsOf(address).slice(0, length));
}

it('finds the longest prefix of an address, like a comparison of bits with each prefix', () => {
  fc.assert(
    fc.property(fc.array(network, { maxLength: 12 }), text, (networks, text) => {
      const table = new NetworkTable(networks.map((network, index) => [network, index]));
      const address = parseAddress(text)!;
      const lengths = networks.filter(network => holds(network, address)).map(({ length }) => length);
      const found = table.longest(address);
      const first = networks.findIndex(
        network => holds(network, address) && network.length === Math.max(...lengths),
      );
      expect(found).toBe(first === -1 ? undefined : first);
    }),
    { numRuns: 500 },
  );
});
