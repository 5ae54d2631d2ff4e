/** A permission that a call needs. */
export interface Need {
  /** Such as `dynamodb:GetItem`. */
  action: string;
  /** ARN. */
  resource: string;
  /**
   * Keys of partitions that are compared with conditions; left out if the call has none. For a
   * transaction, all keys of the call: AWS does not document which of them are compared for an
   * action. With all keys, a grant by keys is hardest to meet, and a denial easiest.
   */
  keys?: readonly string[];
  /** The keys that the action itself uses. */
  own_keys?: readonly string[];
}

/** The destination of calls. */
export interface Place {
  account: string;
  region: string;
  /** Prefix of S3's paths if it has no host of its own, such as `/s3`. */
  s3_path: string;
  /** ARN of the GraphQL API. */
  api_arn: string;
}

/** A request to AWS. */
export interface AwsRequest {
  /** Service in its signature, such as `dynamodb`. */
  service: string;
  method: string;
  /** With the query. */
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The permissions of a call are unknown: it is refused until there is a rule for it. */
export class UnknownCall extends Error {
  override readonly name = 'UnknownCall';

  constructor(what: string) {
    super(`The permissions for ${what} are unknown: add them in local/rights/.`);
  }
}
