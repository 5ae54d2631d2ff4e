export interface Enrolled {
  edge_id: string;
  role_arn: string;
  interval_s: number;
  stream: string;
  graphql: string;
  region: string;
  /** Where its credentials come from a certificate. */
  trust_anchor: string | undefined;
  /** Whether it signs its reports. */
  signed: boolean;
}

/** What is to be done on the edge, ready to be pasted. */
export function enrolledText(edge: Enrolled): string {
  const { edge_id, interval_s, stream, graphql, region } = edge;
  return `
On the edge, /etc/patronus-edge.env:

  EDGE_ID=${edge_id}
  INTERVAL_S=${interval_s}
  STREAM=${stream}
  GRAPHQL=${graphql}
  AWS_REGION=${region}

/etc/patronus-edge/aws:

${credentials(edge)
  .map(line => `  ${line}`)
  .join('\n')}

Then: systemctl enable --now patronus-edge (docs/edges-in-the-cloud.md). To try it with a capture in place of live traffic:

  ${tryLine(edge)}
`;
}

function credentials({ edge_id, role_arn, trust_anchor }: Enrolled): string[] {
  if (trust_anchor !== undefined) {
    const helper =
      'credential_process = /usr/local/bin/aws_signing_helper credential-process --certificate /etc/patronus-edge/cert.pem --private-key /etc/patronus-edge/key.pem';
    return [
      '[default]',
      `${helper} --trust-anchor-arn ${trust_anchor} --profile-arn PROFILE_ARN --role-arn ${role_arn} --role-session-name ${edge_id}`,
      '',
      '# PROFILE_ARN: a profile of Roles Anywhere with this role and acceptRoleSessionName; the certificate has',
      `# CN=${edge_id}.`,
    ];
  }
  return [
    '[default]',
    `role_arn = ${role_arn}`,
    `role_session_name = ${edge_id}`,
    '# or source_profile: what may assume the role',
    'credential_source = Ec2InstanceMetadata',
  ];
}

function tryLine({ edge_id, stream, graphql, region, signed }: Enrolled): string {
  const sign = signed ? ' --sign' : '';
  return `npm run edge -- replay edge/sample/office.pcap --edge-id ${edge_id}${sign} --stream ${stream} --region ${region} --graphql ${graphql} --wait`;
}
