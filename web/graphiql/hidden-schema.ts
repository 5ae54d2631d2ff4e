/** What stands in the place of some dozen refusals, one a field, where the API shows no schema. */
export const SCHEMA_IS_HIDDEN = {
  errors: [
    {
      message:
        'This system shows its schema to nobody. Operations run as ever, without documentation and completion: graphql/schema.graphql has both.',
    },
  ],
};

/**
 * The answer to an operation; GraphiQL asks for the schema when it opens, which production refuses.
 */
export function saidOnce(operationName: string | null | undefined, answer: object): object {
  return operationName === 'IntrospectionQuery' && 'errors' in answer ? SCHEMA_IS_HIDDEN : answer;
}
