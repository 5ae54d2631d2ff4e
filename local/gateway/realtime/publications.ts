import type { ExecutionAnswer } from '../execution/execute-operation.ts';
import type { PreparedOperation } from '../execution/prepare-operation.ts';
import { selectedFields } from '../resolvers/selection.ts';
import { publishedValue } from './published-value.ts';

/** Results of a mutation's fields for subscribers. */
export interface Publication {
  /** Field of Mutation. */
  mutation: string;
  value: unknown;
}

/** The publications of an executed mutation: each of its fields that has a result. */
export function publicationsOf(
  { operation, scope }: PreparedOperation,
  { data }: ExecutionAnswer,
): Publication[] {
  const byAlias = Map.groupBy(
    selectedFields(operation.selectionSet, scope),
    ({ alias, name }) => (alias ?? name).value,
  );
  return [...byAlias].flatMap(([alias, fields]) => {
    const result = data?.[alias] ?? null;
    return result === null
      ? []
      : [{ mutation: fields[0]!.name.value, value: publishedValue(result, fields, scope) }];
  });
}
