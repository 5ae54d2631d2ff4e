/** A finding of cdk-nag that is accepted, and why. */
export interface NagException {
  rule: string;
  /** Path of the construct without its stack, in full. */
  at: RegExp;
  /** The finding, for rules that name it, such as `Resource::*`; in full. */
  finding?: RegExp;
  reason: string;
}

const DEAD_LETTER_QUEUES = /\w+Failed\/Resource/;
const FUNCTIONS = /(Publisher\/)?\w+\/Resource/;
const ROLES = /[\w/-]+\/DefaultPolicy\/Resource/;
const BUCKETS = /(FlowLogFiles|ExportFiles|AccessLogs\/Files)\/Resource/;

/**
 * Any other finding of cdk-nag fails the test: correct it in lib/, or add the reason here why it is
 * acceptable.
 */
export const NAG_EXCEPTIONS: NagException[] = [
  {
    rule: 'AwsSolutions-DDB3',
    at: /Cache\/Resource/,
    reason: 'The Cache table holds only what is computed again from the others: nothing to recover.',
  },
  {
    rule: 'AwsSolutions-S1',
    at: BUCKETS,
    reason:
      'Accesses of files are logged in production, and elsewhere where access_log_days is set: each line is stored and paid for.',
  },
  {
    rule: 'AwsSolutions-S1',
    at: /Files\/Resource/,
    reason: "Requests for the console's files come through CloudFront alone, which logs them.",
  },
  {
    rule: 'AwsSolutions-S1',
    at: /Console\/Requests\/Resource/,
    reason: 'It holds logs itself: a log of their delivery would grow by itself.',
  },
  {
    rule: 'AwsSolutions-CFR1',
    at: /Console\/Distribution\/Resource/,
    reason: 'Whoever runs a network may do so from any country.',
  },
  {
    rule: 'AwsSolutions-CFR2',
    at: /Console\/Distribution\/Resource/,
    reason:
      'It serves files that hold no secret, and takes no input. The setting web_acl_arn puts a web ACL before them.',
  },
  {
    rule: 'AwsSolutions-CFR4',
    at: /Console\/Distribution\/Resource/,
    reason:
      "CloudFront's own certificate, for a console without the setting web_domain, leaves no choice of the oldest TLS.",
  },
  {
    rule: 'AwsSolutions-KDS1',
    at: /Reports\/Resource/,
    reason:
      'Only with the setting encrypt_stream=false, which is chosen for its price: edges send over TLS, and records expire.',
  },
  {
    rule: 'AwsSolutions-SQS3',
    at: DEAD_LETTER_QUEUES,
    reason:
      'It is a dead-letter queue itself, of a schedule or an event source, which the rule does not look at; each message is an alarm.',
  },
  {
    rule: 'Serverless-SQSRedrivePolicy',
    at: DEAD_LETTER_QUEUES,
    reason: 'It is where what failed ends: nothing receives from it but people, who need all of it.',
  },
  {
    rule: 'AwsSolutions-COG1',
    at: /SignIn\/People\/Resource/,
    reason:
      'Twelve characters of any kind, as NIST SP 800-63B advises: rules on their kinds make passwords easier to guess.',
  },
  {
    rule: 'AwsSolutions-COG2',
    at: /SignIn\/People\/Resource/,
    reason: 'A second factor is demanded in production, and offered to everybody elsewhere.',
  },
  {
    rule: 'AwsSolutions-COG8',
    at: /SignIn\/People\/Resource/,
    reason:
      'The Plus plan adds a price for each person; its defence is against strangers who sign up or guess, and here an administrator adds each person.',
  },
  {
    rule: 'AwsSolutions-ASC3',
    at: /Api\/Resource/,
    reason:
      'Requests are logged in production, and elsewhere where request_log is set: each line is stored and paid for.',
  },
  {
    rule: 'Serverless-AppSyncTracing',
    at: /Api\/Resource/,
    reason: 'X-Ray is billed by request; a request is followed by its id through the logs.',
  },
  {
    rule: 'Serverless-LambdaTracing',
    at: FUNCTIONS,
    reason:
      'X-Ray is billed by call and needs rights on every resource of the account; a call is followed by its id through the logs.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    at: /(FlowLog|Export|Cleanup|Snapshot|Figures|Notify)\/Resource/,
    reason: 'Asynchronous calls that fail go to a destination, which says more than a dead-letter queue.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    at: /(Ingest|Broadcast|DeletionWorker|SnapshotGroup|ApiFunction)\/Resource/,
    reason:
      'It is called by an event source, which has a destination of its own, or by a caller that waits: no call is asynchronous.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    at: /Publisher\/PublishConsole\/Resource/,
    reason: 'CloudFormation calls it and waits for its answer: where it fails, so does the deployment.',
  },
  {
    rule: 'Serverless-LambdaEventSourceMappingDestination',
    at: /Ingest\/KinesisEventSource:[^/]+\/Resource/,
    reason:
      'Ingest gives no report up while the stream keeps it (docs/decisions/064): there is nothing to send to a destination.',
  },
  {
    rule: 'Serverless-SNSRedrivePolicy',
    at: /(Alarms\/Topic|Notices)\/[^/]+@[^/]+\/Resource/,
    reason:
      'SNS tries a mail 50 times over six hours; what it says is also in CloudWatch and in the console, so no queue need keep it.',
  },
  {
    rule: 'AwsSolutions-IAM4',
    at: /(Ingest|ApiFunction|Broadcast)\/Deployment\/ServiceRole\/Resource/,
    finding: /Policy::arn:.+\/AWSCodeDeployRoleForLambdaLimited/,
    reason: "CodeDeploy's own policy for shifting a function's traffic, the narrowest that AWS has.",
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: ROLES,
    finding: /Resource::.+\/(flows|flow-index|exports|unfinished)\/\*/,
    reason: 'Objects under one prefix of one bucket of this system.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: /Publisher\/Role\/DefaultPolicy\/Resource/,
    finding: /Resource::<Files\w+\.Arn>\/\*/,
    reason: "Objects of the console's own bucket, which it fills.",
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: ROLES,
    finding: /Resource::.+\/index\/\*/,
    reason: 'Indexes of one table of this system, which has a single one.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: ROLES,
    finding: /Resource::<\w+\.Arn>:\*/,
    reason: 'Versions and aliases of one function of this system.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    at: /(Broadcast|DeletionWorker)Role\/DefaultPolicy\/Resource/,
    finding: /Resource::\*/,
    reason: 'dynamodb:ListStreams, which event sources need, takes no narrower resource.',
  },
];
