/**
 * Deployments whose templates are checked by rules (cdk-nag, cfn-lint), by name: settings, as for
 * `cdk deploy -c`. Together they have every resource that a setting can add.
 */
export const VARIANTS: Record<string, Record<string, string>> = {
  default: {},
  production: { stage: 'prod' },
  'every option': {
    stage: 'staging-all',
    provisioned_write_units: '200',
    api_concurrency: '100',
    canary_minutes: '5',
    require_signed_reports: 'true',
    flow_log_mask_hosts: 'true',
    webhooks_to_private_addresses: 'true',
    mfa: 'required',
    firewall_requests: '2000',
    request_log: 'true',
    access_log_days: '30',
    web_domain: 'patronus.example.com',
    web_certificate_arn: 'arn:aws:acm:us-east-1:123456789012:certificate/1b2c3d4e',
    web_acl_arn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/console/1b2c3d4e',
    alarm_email: 'alarms@example.com',
    notice_emails: 'network@example.com,night@example.com',
  },
  'as little as possible': {
    encrypt_stream: 'false',
    flow_log_ttl_hours: '0',
    web: 'false',
    dashboard: 'false',
  },
  'restored tables': {
    audit_table: 'audit-restored',
    audit_stream_arn: streamOf('audit-restored'),
    network_table: 'network-restored',
    network_stream_arn: streamOf('network-restored'),
    traffic_table: 'traffic-restored',
    cache_table: 'cache-restored',
  },
};

function streamOf(table: string): string {
  return `arn:aws:dynamodb:eu-central-1:123456789012:table/${table}/stream/2026-01-31T12:00:00.000`;
}
