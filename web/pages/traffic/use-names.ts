import { useMemo } from 'react';
import { useAnswer } from '../../data/use-answer.ts';
import { TRAFFIC_NAMES } from './operations.ts';
import type { Field } from './traffic-address.ts';

/** What people call something of a field; its id where it has no name. */
export type NameOf = (field: Field, id: string) => string;

/** Names of policies and sites; those of the others are their ids. */
export function useNames(): NameOf {
  const { data } = useAnswer(TRAFFIC_NAMES, {}, { changedBy: ['POLICY', 'SITE', 'CHANGE_UNDONE'] });
  return useMemo(() => {
    const names = new Map<string, string>();
    for (const { id, name } of data?.data.policies.items ?? []) names.set(`policy ${id}`, name);
    for (const { id, name } of data?.data.sites.items ?? []) names.set(`site ${id}`, name);
    return (field, id) => names.get(`${field} ${id}`) ?? id;
  }, [data]);
}
