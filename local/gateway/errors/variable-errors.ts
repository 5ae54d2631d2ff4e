import { type GraphQLError, Kind, print, type TypeNode } from 'graphql';
import { WORK_LIMITS } from '../limits.ts';
import { type ErrorEntry, operationError, toLocations } from './error-entry.ts';

/** AppSync's errors for variables whose values don't have the declared types. */
export function variableErrors(errors: readonly GraphQLError[]): ErrorEntry[] {
  return errors.map(error => {
    if (!error.nodes) return operationError(TOO_MANY, null);
    const definition = error.nodes?.find(node => node.kind === Kind.VARIABLE_DEFINITION);
    const name = definition?.variable.name.value ?? '';
    const [, unknownIn] = /; Field "\w+" is not defined by type "(\w+)"/.exec(error.message) ?? [];
    if (unknownIn !== undefined) {
      return operationError(
        `The variables input contains a field that is not defined for input object type '${unknownIn}' `,
        null,
      );
    }
    return operationError(text(name, error.message, definition?.type), toLocations(error.locations));
  });
}

const TOO_MANY = `The variables have more than ${WORK_LIMITS.variableErrors} errors; further ones were not checked.`;

function text(name: string, message: string, type: TypeNode | undefined): string {
  const [, field] = /; Field "\w+" of required type "([^"]+)" was not provided/.exec(message) ?? [];
  if (field !== undefined) return `Variable '${name}' has coerced Null value for NonNull type '${field}'`;
  const [, inner] = /; Expected non-nullable type "([^"]+)" not to be null/.exec(message) ?? [];
  if (inner !== undefined) return `Variable '${name}' has coerced Null value for NonNull type '${inner}'`;
  const isNull = / of (?:required|non-null) type "/.test(message);
  if (isNull && type !== undefined) {
    return `Variable '${name}' has coerced Null value for NonNull type '${print(type)}'`;
  }
  const reason = message.slice(message.indexOf('; ') + 2);
  const [, enumName, value] = /^Value "([^"]*)" does not exist in "(\w+)" enum/.exec(reason) ?? [];
  if (value !== undefined) {
    return `Variable '${name}' has an invalid value. Invalid input for Enum '${value}'. No value found for name '${enumName}'`;
  }
  return `Variable '${name}' has an invalid value. ${reason.replace(/^Expected type "[^"]*"\. /, '')}`;
}
