import { Kind, parse } from 'graphql';

export interface OperationField {
  typeName: 'Query' | 'Mutation' | 'Overview';
  fieldName: string;
  /** Whether it accepts IAM signatures: @aws_iam. */
  machines: boolean;
  /**
   * Whether no function answers it: subscribers receive its arguments. Decided by its name,
   * `publish…`.
   */
  published: boolean;
}

/**
 * Every field of Query, Mutation and Overview in a schema. Each needs a resolver; those of Overview
 * so that they fail independently.
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
