/** The account of an ARN, and the partition that it is in (aws, aws-cn, aws-us-gov). */
export function accountOf(arn: string): { account: string; partition: string } {
  const [, partition = 'aws', , , account = ''] = arn.split(':');
  return { account, partition };
}
