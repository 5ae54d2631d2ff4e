const UUID_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[0-9a-f]{16})?$/i;

/**
 * The id of a site or path as it is stored: a UUID given in capitals is the same UUID. Any other
 * text is left as it is.
 */
export function lowerUuid(text: string): string {
  return UUID_ID.test(text) ? text.toLowerCase() : text;
}
