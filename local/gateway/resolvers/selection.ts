import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** The context of a selection: its fragments, and the variables of @skip and @include. */
export interface SelectionScope {
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  variables: Record<string, unknown>;
}

/**
 * AppSync's `info.selectionSetList`: the path of each selected field, with aliases instead of field
 * names, and with fragments expanded.
 */
export function selectionSetList(fields: readonly FieldNode[], scope: SelectionScope): string[] {
  const paths = new Set<string>();
  const walk = (set: SelectionSetNode | undefined, prefix: string) => {
    for (const field of selectedFields(set, scope)) {
      const path = `${prefix}${field.alias?.value ?? field.name.value}`;
      paths.add(path);
      walk(field.selectionSet, `${path}/`);
    }
  };
  for (const field of fields) walk(field.selectionSet, '');
  return [...paths];
}

export function selectionSetText(fields: readonly FieldNode[]): string {
  return fields.map(({ selectionSet }) => (selectionSet === undefined ? '' : print(selectionSet))).join('');
}

/**
 * The fields of a selection set, with fragments expanded, without those that @skip and @include
 * exclude.
 */
export function selectedFields(set: SelectionSetNode | undefined, scope: SelectionScope): FieldNode[] {
  const included = (set?.selections ?? []).filter(node => isIncluded(node, scope.variables));
  return included.flatMap(node => {
    if (node.kind === Kind.FIELD) return [node];
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : scope.fragments[node.name.value];
    return selectedFields(inner?.selectionSet, scope);
  });
}

function isIncluded(node: SelectionNode, variables: Record<string, unknown>): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
}
