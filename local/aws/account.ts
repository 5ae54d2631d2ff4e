/** The account and region of everything on this machine. */
export const ACCOUNT_ID = '000000000000';
export const REGION = 'eu-central-1';
/** Id of the GraphQL API. */
export const API_ID = 'local';
