/** A right of a function that no test uses. */
export interface UnusedRight {
  /** The function. */
  role: string;
  action: string;
  resource: string;
  key?: string;
}

export interface Exception {
  /** Functions; all by default. */
  role?: readonly string[];
  action: RegExp;
  resource?: RegExp;
  reason: string;
}

/** Rights of functions without a call that shows the need for them. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    role: ['publisherpublishconsole'],
    action: /^s3:PutObject$/,
    reason:
      'it only runs while a stack is deployed; integration/functions/publish-console looks at its calls',
  },
  {
    role: ['export'],
    action: /^lambda:InvokeFunction$/,
    reason:
      'it calls itself after minutes of work, which no test takes; faults/export hands over by a call of its own',
  },
  {
    role: ['export'],
    action: /^s3:GetObject$/,
    resource: /flow-index/,
    reason: 'flows of an address are found as the API finds them: integration/flows/flow-index',
  },
  {
    role: ['export'],
    action: /^dynamodb:GetItem$/,
    resource: /Network/,
    reason: 'paths in the audit log are named as the API names them: integration/functions/api/target-names',
  },
  {
    role: ['deletionworker', 'ingest'],
    action: /^dynamodb:Query$/,
    resource: /Audit/,
    reason:
      'a lost answer has the receipt looked up: faults/inventory loses answers of the same code with the rights of the clean-up',
  },
  { action: /^logs:/, reason: 'Lambda writes the log of a function with its role' },
  {
    action: /^(kinesis|dynamodb):(Describe|List|Subscribe|GetRecords|GetShardIterator)/,
    reason:
      'Lambda reads the streams of event sources with the role of the function; unit/lib/service-rights compares',
  },
  {
    action: /^sqs:/,
    reason:
      'Lambda puts what it gives up into the queue with the role of the function; unit/lib/service-rights compares',
  },
];
