/**
 * The credentials of everything that runs on one machine. Its engines accept any; the gateway and
 * the services of its own process check signatures against these. They open nothing but the
 * loopback.
 */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** The same for programs that read their credentials from the environment. */
export const LOCAL_CREDENTIALS_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
} as const;
