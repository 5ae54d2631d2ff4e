import { Kind, parse } from 'graphql';

export interface OperationField {
  typeName: 'Query' | 'Mutation' | 'Overview';
  fieldName: string;
  /** Whether it takes IAM signatures: @aws_iam. */
  machines: boolean;
  /**
   * Whether no function answers it: what is sent is what subscribers get. By its name, `publish…`.
   */
  published: boolean;
}

/**
 * Every field of Query and Mutation in a schema, and of Overview, whose parts fail alone: each
 * needs a resolver.
 */
export function operationFields(schema: string): OperationField[] {
  return parse(schema).definitions.flatMap(definition => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const typeName = definition.name.value;
    if (typeName !== 'Query' && typeName !== 'Mutation' && typeName !== 'Overview') return [];
    return (definition.fields ?? []).map(field => ({
      typeName,
      fieldName: field.name.value,
      published: field.name.value.startsWith('publish'),
      machines: (field.directives ?? []).some(({ name }) => name.value === 'aws_iam'),
    }));
  });
}
