import { type ConstDirectiveNode, valueFromASTUntyped } from 'graphql';

/** A directive as it stands at a type or a field. */
export interface AppliedDirective {
  name: string;
  arguments: Record<string, unknown>;
}

/** The directives at a definition, in their order. */
export function appliedDirectives(
  node: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined,
): AppliedDirective[] {
  return (node?.directives ?? []).map(({ name, arguments: args = [] }) => ({
    name: name.value,
    arguments: Object.fromEntries(args.map(arg => [arg.name.value, valueFromASTUntyped(arg.value)])),
  }));
}
