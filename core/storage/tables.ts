/**
 * Names of the four tables. Each has the string keys `pk` and `sk` and the TTL attribute
 * `expires_at` (seconds).
 */
export interface TableNames {
  audit: string;
  network: string;
  traffic: string;
  cache: string;
}

/**
 * The attribute of DynamoDB's TTL, seconds since the Unix epoch. DynamoDB deletes late, so readers
 * check it too.
 */
export const TTL_ATTRIBUTE = 'expires_at';

/** DynamoDB's limits on one TransactWriteItems call. */
export const TRANSACTION_MAX_ACTIONS = 100;
export const TRANSACTION_MAX_BYTES = 4 * 1024 * 1024;
