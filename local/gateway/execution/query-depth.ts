import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode } from 'graphql';
import { type SelectionScope, selectedFields } from '../resolvers/selection.ts';

/**
 * The nesting depth of an operation's fields, without introspection. The document must be valid,
 * without fragment cycles.
 */
export function queryDepth(operation: OperationDefinitionNode, scope: SelectionScope): number {
  const depth = (field: FieldNode): number => {
    if (field.name.value.startsWith('__')) return 0;
    return 1 + deepest(selectedFields(field.selectionSet, scope).map(depth));
  };
  return deepest(selectedFields(operation.selectionSet, scope).map(depth));
}

export function fragmentsOf(document: DocumentNode): SelectionScope['fragments'] {
  const fragments = document.definitions.filter(node => node.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map(fragment => [fragment.name.value, fragment]));
}

function deepest(depths: number[]): number {
  return depths.reduce((most, each) => Math.max(most, each), 0);
}
