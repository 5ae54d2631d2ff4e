/**
 * The API can't be served as it is described: the message names the part and what is wrong with it.
 */
export class GatewayConfigurationError extends Error {
  override readonly name = 'GatewayConfigurationError';
}
