import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { WORK_LIMITS } from '../limits.ts';
import { type SelectionScope, selectedFields } from '../resolvers/selection.ts';

/**
 * The number of values in a list of introspection: in the whole schema, and the maximum at one
 * element.
 */
interface Sizes {
  total: number;
  most: number;
}

/** The lists of introspection, by field. */
export type IntrospectedLists = ReadonlyMap<string, Sizes>;

/** How often a selection occurs in the answer. */
interface Times {
  count: number;
  /**
   * Whether each element of the schema occurs at most once: then the totals of lists below it are
   * known.
   */
  once: boolean;
}

/** Counts the values that introspection of a schema can return. */
export function introspectedLists(schema: GraphQLSchema): IntrospectedLists {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const withFields = types.filter(type => isObjectType(type) || isInterfaceType(type));
  const fields = withFields.map(type => Object.values(type.getFields()));
  const args = [...fields.flat(), ...directives].map(each => each.args.length);
  const inputs = types.filter(isInputObjectType).map(type => Object.keys(type.getFields()).length);
  const possible = types.map(type =>
    isInterfaceType(type) || isUnionType(type) ? schema.getPossibleTypes(type).length : 0,
  );
  return new Map([
    ['types', sizes([types.length])],
    ['directives', sizes([directives.length])],
    ['locations', sizes(directives.map(({ locations }) => locations.length))],
    ['fields', sizes(fields.map(({ length }) => length))],
    ['args', sizes(args)],
    ['inputFields', sizes(inputs)],
    ['interfaces', sizes(withFields.map(type => type.getInterfaces().length))],
    ['possibleTypes', sizes(possible)],
    ['enumValues', sizes(types.filter(isEnumType).map(type => type.getValues().length))],
  ]);
}

/**
 * Why an operation's introspection is too large; undefined if it is not. Introspection is answered
 * without interruption, so an upper bound of its size is computed first. The operation must be
 * valid.
 */
export function introspectionProblem(
  operation: OperationDefinitionNode,
  scope: SelectionScope,
  lists: IntrospectedLists,
): string | undefined {
  const most = WORK_LIMITS.introspectedValues;
  let values = 0;

  function add(set: SelectionSetNode | undefined, { count, once }: Times): void {
    for (const { name, selectionSet } of selectedFields(set, scope)) {
      const list = lists.get(name.value);
      let inner: Times = { count, once: false };
      if (list) inner = once ? { count: list.total, once } : { count: count * list.most, once };
      values += Math.max(count, list ? inner.count : 0);
      if (values > most) return;
      add(selectionSet, inner);
    }
  }

  for (const { name, selectionSet } of selectedFields(operation.selectionSet, scope)) {
    if (name.value === '__schema') add(selectionSet, { count: 1, once: true });
    if (name.value === '__type') add(selectionSet, { count: 1, once: false });
  }
  return values > most
    ? `The query may answer more than ${most} values of the schema. Ask for types, fields and arguments once each.`
    : undefined;
}

function sizes(lengths: readonly number[]): Sizes {
  return { total: lengths.reduce((sum, each) => sum + each, 0), most: Math.max(0, ...lengths) };
}
