import type { initGraphQLTada } from 'gql.tada';
import type { introspection } from '../../graphql/introspection.generated.ts';

interface Setup {
  introspection: introspection;
  scalars: { AWSDateTime: string; AWSJSON: string };
  disableMasking: true;
}

type Tag = ReturnType<typeof initGraphQLTada<Setup>>;

/**
 * An operation as text, with the types of its variables and its result; TypeScript checks them
 * against the schema. The second argument lists the fragments that the operation uses.
 */
export const graphql = ((text: string, fragments: readonly string[] = []) =>
  [text, ...new Set(fragments)].join('\n')) as unknown as Tag;

export type { ResultOf, VariablesOf } from 'gql.tada';
