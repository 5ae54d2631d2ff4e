import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import {
  type ApiFilter,
  apiFilter,
  type Chosen,
  choose,
  drop,
  type Field,
  readTraffic,
  type TrafficChoice,
  writeFilter,
} from './traffic-address.ts';

export interface Traffic extends TrafficChoice {
  filter: ApiFilter;
  /** Adds an id to the ones that the filter includes. */
  only(field: Field, id: string): void;
  /** Excludes an id. */
  leaveOut(field: Field, id: string): void;
  /** Removes an id from the filter. */
  forget(field: Field, id: string): void;
}

/** The page's query, from its address, and functions to change it. */
export function useTraffic(): Traffic {
  const [address, setAddress] = useAddress();
  return useMemo(() => {
    const choice = readTraffic(address);
    const change = (field: Field, to: (chosen: Chosen) => Chosen) =>
      setAddress(writeFilter(field, to(choice.filters[field])));
    return {
      ...choice,
      filter: apiFilter(choice.filters),
      only: (field, id) => change(field, chosen => choose(chosen, 'only', id)),
      leaveOut: (field, id) => change(field, chosen => choose(chosen, 'not', id)),
      forget: (field, id) => change(field, chosen => drop(chosen, id)),
    };
  }, [address, setAddress]);
}
