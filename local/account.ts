/** The account, region and credentials of everything on this machine. The engines take any; the gateway checks signatures against these. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'eu-central-1';
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
