import { useMemo } from 'react';
import { useAnswer } from '../../data/use-answer.ts';
import { TRAFFIC_NAMES } from './operations.ts';
import type { Field } from './traffic-address.ts';

/** The names of existing policies and sites; others appear by their ids. */
export interface Names {
  of(field: Field, id: string): string;
  /** All known ids of a field, with names. */
  all(field: 'policy' | 'site'): readonly { id: string; text: string }[];
}

export function useNames(): Names {
  const { data } = useAnswer(TRAFFIC_NAMES, {}, { changedBy: ['POLICY', 'SITE', 'CHANGE_UNDONE'] });
  return useMemo(() => {
    const named = {
      policy: data?.data.policies.items ?? [],
      site: data?.data.sites.items ?? [],
    };
    const texts = new Map<string, string>(
      (['policy', 'site'] as const).flatMap(field =>
        named[field].map(({ id, name }) => [`${field} ${id}`, name] as const),
      ),
    );
    return {
      of: (field, id) => texts.get(`${field} ${id}`) ?? id,
      all: field => named[field].map(({ id, name }) => ({ id, text: name })),
    };
  }, [data]);
}
