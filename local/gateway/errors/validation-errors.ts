import {
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  NoFragmentCyclesRule,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  type ValueNode,
  VariablesInAllowedPositionRule,
  validate,
} from 'graphql';
import { WORK_LIMITS } from '../limits.ts';
import { type ErrorEntry, operationError, toLocations } from './error-entry.ts';
import { literalText } from './literal-text.ts';
import { nodePlaces, type Place } from './node-places.ts';

/**
 * The parts of an error of graphql-js: the quoted names of its message, its first node and that
 * node's position.
 */
interface Found {
  error: GraphQLError;
  quoted: string[];
  node: ASTNode | undefined;
  place: Place | undefined;
}

type Wording = (found: Found) => { type: string; text: string; withoutPath?: true };

/**
 * AppSync's words for the errors of each rule of graphql-js. Rules without an entry have their own
 * name and words.
 */
const WORDINGS: Record<string, Wording> = {
  FieldsOnCorrectTypeRule: ({ quoted: [field, type] }) => ({
    type: 'FieldUndefined',
    text: `Field '${field}' in type '${type}' is undefined`,
  }),
  KnownArgumentNamesRule: ({ quoted: [name] }) => ({
    type: 'UnknownArgument',
    text: `Unknown field argument ${name}`,
  }),
  ProvidedRequiredArgumentsRule: ({ quoted: [, name] }) => ({
    type: 'MissingFieldArgument',
    text: `Missing field argument ${name}`,
  }),
  ScalarLeafsRule: ({ error, quoted: [field, type] }) =>
    error.message.includes('must not have a selection')
      ? {
          type: 'SubSelectionNotAllowed',
          text: `Sub selection not allowed on leaf type ${type} of field ${field}`,
        }
      : { type: 'SubSelectionRequired', text: `Sub selection required for type ${type} of field ${field}` },
  ValuesOfCorrectTypeRule: wrongType,
  KnownTypeNamesRule: ({ quoted: [type] }) => ({
    type: 'UnknownType',
    text: `Unknown type ${type}`,
    withoutPath: true,
  }),
  KnownFragmentNamesRule: ({ quoted: [name] }) => ({
    type: 'UndefinedFragment',
    text: `Undefined fragment ${name}`,
  }),
  KnownDirectivesRule: ({ error, quoted: [name] }) =>
    error.message.startsWith('Unknown')
      ? { type: 'UnknownDirective', text: `Unknown directive ${name?.replace('@', '')}` }
      : { type: 'MisplacedDirective', text: `Directive ${name?.replace('@', '')} not allowed here` },
  NoUndefinedVariablesRule: ({ quoted: [name] }) => ({
    type: 'UndefinedVariable',
    text: `Undefined variable ${name?.replace('$', '')}`,
  }),
  NoUnusedVariablesRule: ({ quoted: [name] }) => ({
    type: 'UnusedVariable',
    text: `Unused variable ${name?.replace('$', '')}`,
    withoutPath: true,
  }),
  NoUnusedFragmentsRule: ({ quoted: [name] }) => ({
    type: 'UnusedFragment',
    text: `Unused fragment ${name}`,
    withoutPath: true,
  }),
  NoFragmentCyclesRule: () => ({ type: 'FragmentCycle', text: 'Fragment cycles not allowed' }),
  VariablesInAllowedPositionRule: ({ quoted: [, given, expected] }) => ({
    type: 'VariableTypeMismatch',
    text: `Variable type '${given}' doesn't match expected type '${expected}'`,
  }),
  VariablesAreInputTypesRule: () => ({
    type: 'NonInputTypeOnVariable',
    text: 'Wrong type for a variable',
    withoutPath: true,
  }),
  FragmentsOnCompositeTypesRule: ({ node }) =>
    node?.kind === Kind.NAMED_TYPE
      ? {
          type: 'FragmentTypeConditionInvalid',
          text: `Fragment type condition is invalid, must be on Object/Interface/Union`,
        }
      : {
          type: 'InlineFragmentTypeConditionInvalid',
          text: 'Inline fragment type condition is invalid, must be on Object/Interface/Union',
        },
};

/**
 * AppSync's errors for a request that doesn't fit the schema; empty if it fits. The number of
 * errors is bounded, and they are in the order of the rules. If fragments spread themselves, this
 * is the only error.
 */
export function validationErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  { cyclic = false } = {},
): ErrorEntry[] {
  const rules = cyclic ? [NoFragmentCyclesRule] : specifiedRules;
  const ruleOf = new Map<GraphQLError, ValidationRule>();
  const found = validate(
    schema,
    document,
    rules.map(rule => context => rule(noting(context, error => ruleOf.set(error, rule)))),
    { maxErrors: WORK_LIMITS.validationErrors },
  );
  if (found.length === 0) return [];
  const places = nodePlaces(schema, document);
  const inOrder = found.toSorted((one, other) => rankOf(ruleOf.get(one)) - rankOf(ruleOf.get(other)));
  return inOrder.map(error => {
    const rule = ruleOf.get(error);
    if (!rule) return operationError(TOO_MANY, null);
    const node = rule === VariablesInAllowedPositionRule ? error.nodes?.at(-1) : error.nodes?.[0];
    return entry(rule, {
      error,
      node,
      quoted: quotedNames(error.message),
      place: node && places.get(node),
    });
  });
}

const TOO_MANY = `The query has more than ${WORK_LIMITS.validationErrors} errors; further ones were not checked.`;

/**
 * A context that records every error, because graphql-js doesn't say which rule an error is from.
 */
function noting(context: ValidationContext, note: (error: GraphQLError) => void): ValidationContext {
  const reportError = (error: GraphQLError): void => {
    note(error);
    context.reportError(error);
  };
  return Object.create(context, { reportError: { value: reportError } }) as ValidationContext;
}

/** Errors without a rule come last: the error that there are too many errors. */
function rankOf(rule: ValidationRule | undefined): number {
  return rule ? specifiedRules.indexOf(rule) : specifiedRules.length;
}

function entry(rule: ValidationRule, found: Found): ErrorEntry {
  const name = rule.name.replace(/Rule$/, '');
  const { type, text, withoutPath } = WORDINGS[rule.name]?.(found) ?? {
    type: name,
    text: found.error.message,
  };
  const path = withoutPath ? '' : (found.place?.fieldPath ?? '');
  const message = `Validation error of type ${type}: ${text}${path === '' ? '' : ` @ '${path}'`}`;
  return operationError(message, toLocations(found.error.locations?.slice(0, 1)));
}

function wrongType({ error, node, place }: Found): ReturnType<Wording> {
  const value =
    node === undefined ? '' : literalText((node.kind === Kind.OBJECT_FIELD ? node.value : node) as ValueNode);
  const given = `argument '${place?.argument}' with value '${value}'`;
  const [, missing] = /^Field "\w+\.(\w+)" of required type/.exec(error.message) ?? [];
  if (missing !== undefined)
    return { type: 'WrongType', text: `${given} is missing required fields '[${missing}]'` };
  const [, unknown, input] = /^Field "(\w+)" is not defined by type "(\w+)"/.exec(error.message) ?? [];
  if (unknown !== undefined) {
    const argument = place?.argument.split('.').slice(0, -1).join('.');
    return {
      type: 'WrongType',
      text: `argument '${argument}' contains a field not in '${input}': '${unknown}'`,
    };
  }
  if (node?.kind === Kind.NULL) return { type: 'WrongType', text: `${given} must not be null` };
  return {
    type: 'WrongType',
    text: `${given} is not a valid '${String(place?.inputType).replace(/!$/, '')}'`,
  };
}

function quotedNames(message: string): string[] {
  return [...message.matchAll(/"([^"]*)"/g)].map(match => match[1]!);
}
