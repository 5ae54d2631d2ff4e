import { describe, expect, it } from 'vitest';
import { SettingError } from '../../../lib/setting-error.ts';
import { readSettings } from '../../../lib/settings.ts';

const read = (given: Record<string, unknown>) => readSettings(name => given[name]);

describe('settings', () => {
  it('have defaults for everything', () => {
    expect(read({})).toEqual({
      stage: {
        name: 'default',
        production: false,
        keepsData: true,
        terminationProtection: false,
        id: 'patronus',
        metricsNamespace: 'Patronus',
      },
      shards: 1,
      stream_retention_hours: 168,
      encrypt_stream: true,
      provisioned_write_units: 0,
      canary_minutes: 0,
      ingest_window_seconds: 5,
      flow_log_ttl_hours: 24,
      flow_log_mask_hosts: false,
      flow_log_large_hour_mb: 1024,
      minute_retention_hours: 48,
      hour_retention_days: 90,
      day_retention_days: 730,
      metrics_cache_ttl_seconds: 60,
      routing_cache_ttl_seconds: 30,
      counter_slots: 16,
      require_signed_reports: false,
      silent_after_s: 300,
      lanes_a_group: 8_000,
      api_concurrency: 0,
      query_budget: 240,
      edge_roles: ['*edge*'],
      edge_spread_s: 5,
      currency: 'USD',
      export_retention_days: 7,
      existing_tables: { audit: undefined, network: undefined, traffic: undefined, cache: undefined },
      report_stream_arn: undefined,
      alarm_email: undefined,
      notice_emails: [],
      webhooks_to_private_addresses: false,
      web: true,
      web_domain: undefined,
      web_acl_arn: undefined,
      dashboard: true,
      callback_urls: ['http://localhost:4000/'],
      mfa: 'optional',
      session_hours: 24,
      request_log: false,
      firewall_requests: 0,
      access_log_days: 0,
    });
  });

  it('may be text from the command line', () => {
    const given = {
      shards: '4',
      alarm_email: 'ops@example.com',
      callback_urls: 'https://a.example/,https://b.example/',
      edge_roles: 'router, branch-*',
    };
    expect(read(given)).toMatchObject({
      shards: 4,
      alarm_email: 'ops@example.com',
      callback_urls: ['https://a.example/', 'https://b.example/'],
      edge_roles: ['router', 'branch-*'],
    });
  });

  it.each([
    [{ shards: '0' }, 'Setting shards must be a whole number from 1 to 500, but is "0".'],
    [
      { routing_cache_ttl_seconds: 0 },
      'Setting routing_cache_ttl_seconds must be a whole number from 1 to 86400, but is 0.',
    ],
    [{ canary_minutes: 7 }, 'Setting canary_minutes must be one of 0, 5, 10, 15, 30, but is 7.'],
    [{ counter_slots: 8 }, 'Setting counter_slots must be a whole number from 16 to 1024, but is 8.'],
    [
      { ingest_window_seconds: '1.5' },
      'Setting ingest_window_seconds must be a whole number from 0 to 300, but is "1.5".',
    ],
    [
      { edge_roles: 'router,a*b' },
      'Setting edge_roles must be names of roles, separated by commas, each optionally with a * at the start or the end, but is "router,a*b".',
    ],
    [
      { report_stream_arn: 'reports-2' },
      'Setting report_stream_arn must be the ARN of a Kinesis stream (arn:aws:kinesis:…:stream/…), but is "reports-2".',
    ],
    [{ web: 'no' }, 'Setting web must be true or false, but is "no".'],
    [
      { web_domain: 'console.example.com' },
      'Settings web_domain and web_certificate_arn must be given together.',
    ],
    [
      { web_domain: 'https://console.example.com', web_certificate_arn: 'arn:aws:acm:us-east-1:1:x' },
      'Setting web_domain must be a domain such as patronus.example.com, but is "https://console.example.com".',
    ],
    [
      { web_domain: 'console.example.com', web_certificate_arn: 'arn:aws:acm:eu-west-1:1:x' },
      'Setting web_certificate_arn must be the ARN of a certificate for CloudFront, which is in us-east-1 (arn:aws:acm:us-east-1:…), but is "arn:aws:acm:eu-west-1:1:x".',
    ],
    [
      { web_acl_arn: 'arn:aws:wafv2:eu-west-1:1:regional/webacl/x' },
      'Setting web_acl_arn must be the ARN of a web ACL for CloudFront, which is in us-east-1 (arn:aws:wafv2:us-east-1:…), but is "arn:aws:wafv2:eu-west-1:1:regional/webacl/x".',
    ],
    [{ mfa: 'on' }, 'Setting mfa must be one of off, optional, required, but is "on".'],
    [
      { firewall_requests: '50' },
      'Setting firewall_requests must be 0 or a whole number from 100 to 20000000, but is "50".',
    ],
    [{ access_log_days: -1 }, 'Setting access_log_days must be a whole number from 0 to 3650, but is -1.'],
    [{ session_hours: 0 }, 'Setting session_hours must be a whole number from 1 to 720, but is 0.'],
    [{ currency: 'euro' }, 'Setting currency must be a currency of ISO 4217 such as EUR, but is "euro".'],
    [{ query_budget: 99 }, 'Setting query_budget must be a whole number from 100 to 1000000, but is 99.'],
    [{ require_signed_reports: 'on' }, 'Setting require_signed_reports must be true or false, but is "on".'],
    [{ flow_log_mask_hosts: 'yes' }, 'Setting flow_log_mask_hosts must be true or false, but is "yes".'],
    [
      { minute_retention_hours: 12 },
      'Setting minute_retention_hours must be a whole number from 24 to 8760, but is 12.',
    ],
    [
      { minute_retention_hours: 72, hour_retention_days: '2' },
      'Setting hour_retention_days must not be shorter than minute_retention_hours (72 hours), but is 2 days.',
    ],
    [
      { day_retention_days: 30 },
      'Setting day_retention_days must not be shorter than hour_retention_days (90 days), but is 30 days.',
    ],
    [{ alarm_email: '' }, `Setting alarm_email must be a text that isn't empty, but is "".`],
  ])('%j is rejected with the allowed values', (given, message) => {
    expect(() => read(given)).toThrow(new SettingError(message));
  });
});
