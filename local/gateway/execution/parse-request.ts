import { badRequest, malformed } from '../errors/transport-error.ts';
import { WORK_LIMITS } from '../limits.ts';
import { jsonNestsDeeper } from './nesting.ts';

/** A GraphQL request as a client sends it. */
export interface GraphqlRequest {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | null;
}

/** @throws TransportError if it is not a GraphQL request, in AppSync's words if it has some */
export function parseRequest(body: string): GraphqlRequest {
  if (body.trim() === '') throw malformed('Request body is empty.');
  if (jsonNestsDeeper(body, WORK_LIMITS.nesting)) {
    throw badRequest(`The request nests deeper than ${WORK_LIMITS.nesting} levels.`);
  }
  const { query, variables, operationName } = parseObject(body);
  if (typeof query !== 'string' || query.trim() === '') throw malformed('Unable to parse GraphQL query.');
  if (!isObject(variables ?? {})) throw badRequest('variables must be an object.');
  if (typeof (operationName ?? '') !== 'string') throw badRequest('operationName must be a string.');
  return {
    query,
    variables: (variables ?? {}) as Record<string, unknown>,
    operationName: (operationName as string | null | undefined) || null,
  };
}

function parseObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw Object.assign(malformed('Unable to parse GraphQL query.'), { cause });
  }
  if (!isObject(value)) throw malformed('Unable to parse GraphQL query.');
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
