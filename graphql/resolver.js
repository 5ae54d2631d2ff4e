import { util } from '@aws-appsync/utils';

export function request(ctx) {
  return {
    operation: 'Invoke',
    payload: { type: ctx.info.parentTypeName, field: ctx.info.fieldName, arguments: ctx.args },
  };
}

export function response(ctx) {
  if (ctx.error) util.error('Internal', 'Internal');
  return ctx.result.data;
}
