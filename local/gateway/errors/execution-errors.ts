import {
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLSchema,
  isObjectType,
  isWrappingType,
} from 'graphql';
import { type ErrorEntry, type Path, pathText, toLocations } from './error-entry.ts';
import { FieldError } from './field-error.ts';

const NULL_IN_NON_NULL = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/;
const NOT_A_LIST = /^Expected Iterable/;

/**
 * Converts an error of graphql-js to AppSync's words. Unplanned faults become `Internal` without
 * their message, and are passed to `report`.
 */
export function executionError(
  error: GraphQLError,
  schema: GraphQLSchema,
  report: (cause: unknown) => void,
): ErrorEntry {
  const path = error.path ?? [];
  const cause = error.originalError;
  const locations = toLocations(error.locations);
  const whole = { path, data: null, errorType: null, errorInfo: null, locations: null };
  if (cause instanceof FieldError) {
    const { errorType, data = null, errorInfo = null } = cause.details;
    return { path, data, errorType, errorInfo, locations, message: cause.message };
  }
  const missing = NULL_IN_NON_NULL.exec(error.message);
  if (missing !== null) {
    return { ...whole, message: nullMessage(schema, missing[1]!, missing[2]!, path) };
  }
  if (NOT_A_LIST.test(error.message)) {
    return {
      ...whole,
      message: `Can't resolve value (${pathText(path)}) : type mismatch error, expected type LIST`,
    };
  }
  if (cause === undefined || cause instanceof GraphQLError || isLeafFault(error.message)) {
    return { ...whole, message: `Can't serialize value (${pathText(path)}) : ${error.message}` };
  }
  report(cause);
  return {
    ...whole,
    locations,
    errorType: 'Internal',
    message: 'Something went wrong on our side. Try again later.',
  };
}

// graphql-js throws a plain error where an enum or a scalar of another type comes back undefined.
function isLeafFault(message: string): boolean {
  return /^(Enum|Expected a value of type|Expected `)/.test(message);
}

function nullMessage(schema: GraphQLSchema, parent: string, field: string, path: Path): string {
  const type = schema.getType(parent);
  const declared = isObjectType(type) ? type.getFields()[field]?.type : undefined;
  const name = declared === undefined ? field : nullableName(declared, indexesAtEnd(path));
  return `Cannot return null for non-nullable type: '${name}' within parent '${parent}' (${pathText(path)})`;
}

function nullableName(type: GraphQLOutputType, listsToEnter: number): string {
  let inner: GraphQLOutputType = type;
  for (let left = listsToEnter; left > 0 && isWrappingType(inner); ) {
    if (!String(inner).endsWith('!')) left--;
    inner = inner.ofType;
  }
  return String(inner).replace(/!$/, '');
}

function indexesAtEnd(path: Path): number {
  return path.length - 1 - path.findLastIndex(key => typeof key === 'string');
}
