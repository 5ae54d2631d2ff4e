/** A right that a call needs. */
export interface Need {
  /** Such as `dynamodb:GetItem`. */
  action: string;
  /** ARN. */
  resource: string;
  /**
   * Keys of partitions that it is judged by; left out where the call has none. Of a transaction all
   * keys of the call: by which of them an action is judged is nowhere promised, and with all of
   * them a grant by keys is hardest to have and a denial easiest to meet.
   */
  keys?: readonly string[];
  /** Those of `keys` that the action itself is about. */
  own_keys?: readonly string[];
}

/** Where calls lead to. */
export interface Place {
  account: string;
  region: string;
  /** Begins the paths of S3 where it has no host of its own, such as `/s3`. */
  s3_path: string;
  /** ARN of the GraphQL API. */
  api_arn: string;
}

/** A request to AWS as it is sent. */
export interface AwsRequest {
  /** As its signature names it, such as `dynamodb`. */
  service: string;
  method: string;
  /** With the query. */
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Which rights a call needs isn't known here: it is refused until a rule for it is written. */
export class UnknownCall extends Error {
  override readonly name = 'UnknownCall';

  constructor(what: string) {
    super(`Which rights ${what} needs is not known: add it in local/rights/.`);
  }
}
