import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ErrorEntry, operationError, toLocations } from '../errors/error-entry.ts';
import { badRequest, malformed } from '../errors/transport-error.ts';
import { validationErrors } from '../errors/validation-errors.ts';
import { variableErrors } from '../errors/variable-errors.ts';
import type { ApiOptions } from '../gateway-options.ts';
import { WORK_LIMITS } from '../limits.ts';
import type { SelectionScope } from '../resolvers/selection.ts';
import { measureDocument, workProblem } from './document-work.ts';
import { introspectedLists, introspectionProblem } from './introspection-work.ts';
import { tokenProblem } from './nesting.ts';
import type { GraphqlRequest } from './parse-request.ts';
import { fragmentsOf, queryDepth } from './query-depth.ts';

/** A valid operation, ready for execution. */
export interface PreparedOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** With the coerced variables. */
  scope: SelectionScope;
  /** The variables as sent by the client. */
  rawVariables: Record<string, unknown>;
}

export type PrepareOperation = (request: GraphqlRequest) => PreparedOperation | { errors: ErrorEntry[] };

/**
 * Parses and validates operations, within bounds that are checked before the work that they bound.
 * Documents are cached.
 * @throws TransportError if the document can't be parsed
 */
export function makePrepareOperation(schema: GraphQLSchema, api: ApiOptions): PrepareOperation {
  const documents = new LRUCache<string, { document: DocumentNode; errors: ErrorEntry[] }>({
    maxSize: WORK_LIMITS.cachedCharacters,
    sizeCalculation: (_, query) => query.length,
  });
  const lists = introspectedLists(schema);

  function read(query: string) {
    const known = documents.get(query);
    if (known !== undefined) return known;
    const document = parseDocument(query);
    const read = { document, errors: errorsOf(document) };
    documents.set(query, read);
    return read;
  }

  function errorsOf(document: DocumentNode): ErrorEntry[] {
    const work = measureDocument(document);
    const problem = workProblem(document, work);
    if (problem !== undefined) return [operationError(problem, null)];
    return [...validationErrors(schema, document, work), ...introspectionErrors(document)];
  }

  function introspectionErrors(document: DocumentNode): ErrorEntry[] {
    if (api.introspection !== false) return [];
    return validate(schema, document, [NoSchemaIntrospectionCustomRule]).map(({ locations }) =>
      operationError('Introspection is disabled for this API.', toLocations(locations)),
    );
  }

  return ({ query, variables, operationName }) => {
    const { document, errors } = read(query);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw badRequest(operationProblem(document, operationName));
    if (errors.length > 0) return { errors };
    const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
      maxErrors: WORK_LIMITS.variableErrors,
    });
    if (coerced.errors !== undefined) return { errors: variableErrors(coerced.errors) };
    const scope = { fragments: fragmentsOf(document), variables: coerced.coerced };
    const limit = api.queryDepthLimit || Number.POSITIVE_INFINITY;
    if (queryDepth(operation, scope) > limit) {
      return { errors: [operationError(`Query depth limit of ${limit} exceeded.`, null)] };
    }
    const tooMuch = introspectionProblem(operation, scope, lists);
    if (tooMuch !== undefined) return { errors: [operationError(tooMuch, null)] };
    return { document, operation, scope, rawVariables: variables };
  };
}

function parseDocument(query: string): DocumentNode {
  let problem: string | undefined;
  try {
    problem = tokenProblem(query);
    if (problem === undefined) return parse(query);
  } catch (cause) {
    throw Object.assign(malformed('Unable to parse GraphQL query.'), { cause });
  }
  throw badRequest(problem);
}

function operationProblem(document: DocumentNode, operationName: string | null): string {
  const operations = document.definitions.filter(node => node.kind === Kind.OPERATION_DEFINITION);
  if (operations.length === 0) return 'The request contains no operation.';
  if (operationName === null) return 'Must provide operation name if query contains multiple operations.';
  return `Unknown operation named '${operationName}'.`;
}
