/**
 * The resolver of every field that a function answers (runtime APPSYNC_JS).
 *
 * The function's event: { type, field, arguments, identity, source, selection, request_id }
 * - type, field: the operation, such as "Mutation" and "deleteSite"
 * - identity: AppSync's, of a person (Cognito) or of a machine (IAM)
 * - source: the parent object; null for operations
 * - selection: paths of the selected fields, such as "items/name"
 * - request_id: AppSync's, which clients get as x-amzn-requestid. No other header is passed on,
 *   because another one is the token.
 *
 * The function's answer: { data } or { error: { type, message, info } }. info becomes `errorInfo`,
 * such as { retry_after_s } or { fields }. A function that fails or times out is `Internal`.
 */
import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const { info, identity, source, request: received } = ctx;
  return {
    operation: 'Invoke',
    payload: {
      type: info.parentTypeName,
      field: info.fieldName,
      arguments: ctx.args,
      identity,
      source: source ?? null,
      selection: info.selectionSetList,
      request_id: received.headers['x-amzn-requestid'] ?? null,
    },
  };
}

export function response(ctx) {
  const answer = ctx.error ? null : ctx.result;
  if (!answer) {
    util.error(
      'Something went wrong on our side. Try again; if it goes on, tell us when it happened.',
      'Internal',
    );
  }
  if (answer.error) util.error(answer.error.message, answer.error.type, null, answer.error.info ?? null);
  return answer.data;
}
