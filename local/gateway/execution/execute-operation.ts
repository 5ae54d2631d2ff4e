import {
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  responsePathAsArray,
} from 'graphql';
import type { ErrorEntry } from '../errors/error-entry.ts';
import { executionError } from '../errors/execution-errors.ts';
import type { OperationContext } from './field-resolver.ts';
import type { PreparedOperation } from './prepare-operation.ts';

export interface ExecutionAnswer {
  data: Record<string, unknown> | null;
  errors?: ErrorEntry[];
}

export interface ExecuteOptions {
  schema: GraphQLSchema;
  fieldResolver: GraphQLFieldResolver<unknown, OperationContext>;
  log: (message: string, details: Record<string, unknown>) => void;
}

/** Runs an operation on a root value; never rejects. */
export async function executeOperation(
  prepared: PreparedOperation,
  context: OperationContext,
  { schema, fieldResolver, log }: ExecuteOptions,
  rootValue: unknown = null,
): Promise<ExecutionAnswer> {
  const { data = null, errors = [] } = await execute({
    schema,
    document: prepared.document,
    operationName: prepared.operation.name?.value ?? null,
    variableValues: prepared.rawVariables,
    rootValue,
    contextValue: context,
    fieldResolver,
  });
  const appended = context.appended.map(
    ({ error, info }) =>
      new GraphQLError(error.message, {
        nodes: info.fieldNodes,
        path: responsePathAsArray(info.path),
        originalError: error,
      }),
  );
  const entries = [...errors, ...appended].map(error =>
    executionError(error, schema, cause => log('A field failed', { error: String(cause) })),
  );
  return entries.length === 0 ? { data } : { data, errors: entries };
}
