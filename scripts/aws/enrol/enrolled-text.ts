export interface Enrolled {
  edge_id: string;
  role_arn: string;
  interval_s: number;
  stream: string;
  graphql: string;
  region: string;
  /** Set if its credentials come from a certificate. */
  trust_anchor: string | undefined;
  /** Whether it signs its reports. */
  signed: boolean;
  /** Its spool, if its key is on this machine. */
  spool: string | undefined;
}

/** The next steps on the edge, ready to be pasted. */
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

Then: systemctl enable --now patronus-edge (docs/edges-in-the-cloud.md).
${tryHere(edge)}`;
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
    '# or source_profile: a profile that may assume the role',
    'credential_source = Ec2InstanceMetadata',
  ];
}

/**
 * The command that replays a capture as the edge on this machine, if its key is here and the role
 * can be assumed from here.
 */
function tryHere(edge: Enrolled): string {
  const { edge_id, role_arn, stream, graphql, region, signed, spool, trust_anchor } = edge;
  if (spool === undefined || trust_anchor !== undefined) return '';
  const sign = signed ? ' --sign' : '';
  return `
To count a capture as this edge from here, add to ~/.aws/config:

  [profile ${edge_id}]
  role_arn = ${role_arn}
  role_session_name = ${edge_id}
  source_profile = default
  region = ${region}

  npm run edge -- replay edge/sample/office.pcap --edge-id ${edge_id}${sign} --spool ${spool} --stream ${stream} --region ${region} --profile ${edge_id} --graphql ${graphql} --wait
`;
}
