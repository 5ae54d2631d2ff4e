import type { initGraphQLTada } from 'gql.tada';
import type { introspection } from '../../graphql/introspection.generated.ts';

interface Setup {
  introspection: introspection;
  scalars: { AWSDateTime: string; AWSJSON: string };
  disableMasking: true;
}

type Tag = ReturnType<typeof initGraphQLTada<Setup>>;

/**
 * An operation as text, with the types of its variables and its result, which TypeScript checks
 * against the schema. Fragments that it uses are given as a list.
 */
export const graphql = ((text: string, fragments: readonly string[] = []) =>
  [text, ...new Set(fragments)].join('\n')) as unknown as Tag;

export type { ResultOf, VariablesOf } from 'gql.tada';
