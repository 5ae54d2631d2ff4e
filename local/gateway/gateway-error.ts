/** The API's configuration is invalid. The message names the part and the problem. */
export class GatewayConfigurationError extends Error {
  override readonly name = 'GatewayConfigurationError';
}
