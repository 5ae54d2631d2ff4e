import type { Option } from '../../parts/select-field.tsx';

const WORDS = {
  ETHERNET: 'Ethernet',
  FIBER: 'Fibre',
  CABLE: 'Cable',
  DSL: 'DSL',
  LTE: 'LTE',
  FIVE_G: '5G',
  SATELLITE: 'Satellite',
  MPLS: 'MPLS',
  MICROWAVE: 'Microwave',
  OTHER: 'Other',
};

export type InterfaceType = keyof typeof WORDS;

export const INTERFACE_TYPES: readonly Option[] = Object.entries(WORDS).map(([id, text]) => ({ id, text }));

export function interfaceTypeWord(type: InterfaceType): string {
  return WORDS[type];
}
