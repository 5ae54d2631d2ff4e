import { ACCOUNT_ID, API_ID, REGION } from '../aws/account.ts';
import { arn } from '../aws/arn.ts';
import type { Place } from './need.ts';

/** This machine as a destination of calls; `s3_endpoint` is the address of its S3. */
export function placeOfCalls(s3_endpoint: string): Place {
  return {
    account: ACCOUNT_ID,
    region: REGION,
    s3_path: new URL(s3_endpoint).pathname,
    api_arn: arn('appsync', `apis/${API_ID}`),
  };
}
