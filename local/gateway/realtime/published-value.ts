import type { FieldNode } from 'graphql';
import { type SelectionScope, selectedFields } from '../resolvers/selection.ts';

/**
 * The published value of a mutation's result: the fields that its caller selected, by their schema
 * names. Other fields are missing, so subscribers get null for them.
 */
export function publishedValue(
  result: unknown,
  fields: readonly FieldNode[],
  scope: SelectionScope,
): unknown {
  if (Array.isArray(result)) return result.map(each => publishedValue(each, fields, scope));
  const selected = fields.flatMap(field => selectedFields(field.selectionSet, scope));
  if (typeof result !== 'object' || result === null || selected.length === 0) return result;
  const byAlias = Map.groupBy(selected, field => field.alias?.value ?? field.name.value);
  return Object.fromEntries(
    [...byAlias]
      .filter(([alias]) => Object.hasOwn(result, alias))
      .map(([alias, same]) => [
        same[0]!.name.value,
        publishedValue((result as Record<string, unknown>)[alias], same, scope),
      ]),
  );
}
