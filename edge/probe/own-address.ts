import { networkInterfaces } from 'node:os';

/** The address, if an interface of this machine has it: only then packets can be sent from it. */
export function ownAddress(address: string): string | undefined {
  const mine = Object.values(networkInterfaces()).some(list => list?.some(one => one.address === address));
  return mine ? address : undefined;
}
