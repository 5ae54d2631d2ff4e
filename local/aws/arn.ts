import { ACCOUNT_ID, REGION } from './account.ts';

/** The ARN of a resource in this machine's account; `resource` is the part after the account. */
export function arn(service: string, resource: string, { global = false } = {}): string {
  return `arn:aws:${service}:${global ? '' : REGION}:${ACCOUNT_ID}:${resource}`;
}
