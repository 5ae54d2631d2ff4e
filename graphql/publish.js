/**
 * The resolver of publishEvent, which has no function behind it (data source NONE, runtime
 * APPSYNC_JS): what a machine publishes is what subscribers get, as far as the mutation selects it.
 */
export function request(ctx) {
  return { payload: ctx.args };
}

export function response(ctx) {
  return ctx.result;
}
