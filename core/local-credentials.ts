/**
 * The credentials of all parts of the one-machine system. Its engines accept any credentials; the
 * gateway and the services of its own process check signatures against these. They give access to
 * the loopback and to nothing else.
 */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** The same credentials as environment variables. */
export const LOCAL_CREDENTIALS_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
} as const;
