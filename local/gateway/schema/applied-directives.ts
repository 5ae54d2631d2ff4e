import { type ConstDirectiveNode, valueFromASTUntyped } from 'graphql';

/** A directive of a type or a field. */
export interface AppliedDirective {
  name: string;
  arguments: Record<string, unknown>;
}

/** The directives of a definition, in order. */
export function appliedDirectives(
  node: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined,
): AppliedDirective[] {
  return (node?.directives ?? []).map(({ name, arguments: args = [] }) => ({
    name: name.value,
    arguments: Object.fromEntries(args.map(arg => [arg.name.value, valueFromASTUntyped(arg.value)])),
  }));
}
