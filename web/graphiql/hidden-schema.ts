/** One error instead of some dozen, one a field, if the API doesn't allow introspection. */
export const SCHEMA_IS_HIDDEN = {
  errors: [
    {
      message:
        'This system does not allow introspection. Operations run, but the editor has no documentation and no completion. The schema is in graphql/schema.graphql.',
    },
  ],
};

/**
 * The answer to show for an operation. GraphiQL queries the schema when it opens, and production
 * refuses that.
 */
export function saidOnce(operationName: string | null | undefined, answer: object): object {
  return operationName === 'IntrospectionQuery' && 'errors' in answer ? SCHEMA_IS_HIDDEN : answer;
}
