/**
 * The resolver of publishEvent, which has no function (data source NONE, runtime APPSYNC_JS):
 * subscribers receive the published arguments, as far as the mutation selects them.
 */
export function request(ctx) {
  return { payload: ctx.args };
}

export function response(ctx) {
  return ctx.result;
}
