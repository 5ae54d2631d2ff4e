import { describe, expect, it } from 'vitest';
import { webhookUrl } from '../../../core/alarms/destinations/destination-input.ts';
import { addressKind } from '../../../core/alarms/notices/address-kind.ts';

describe('an address', () => {
  it.each([
    ...['93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34', '64:ff9b::5db8:d822'].map(each => [
      each,
      'public',
    ]),
    ...['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::7f00:1'].map(each => [each, 'loopback']),
    ...['10.0.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00:ec2::254', '::ffff:10.0.0.1'].map(
      each => [each, 'private'],
    ),
    ...['169.254.169.254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '0.0.0.0', '::', 'fe80::1'].map(
      each => [each, 'special'],
    ),
    ...['224.0.0.1', 'ff02::1', '255.255.255.255', '192.0.2.1', '2002:7f00:1::1', '2001:db8::1'].map(each => [
      each,
      'special',
    ]),
    ['localhost', 'name'],
    ['hooks.example.com', 'name'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});

describe('the url of a webhook', () => {
  const cloud = { loopback: false, private_addresses: false };
  const refusal = (url: string, rules = cloud) => {
    try {
      return webhookUrl(url, rules);
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, string]>([
    ['https://hooks.example.com/a?b=c', 'https://hooks.example.com/a?b=c'],
    ['http://hooks.example.com/', 'url must begin with https://.'],
    ['ftp://hooks.example.com/', 'url must begin with https://.'],
    ['hooks.example.com', 'url must be an address of at most 1000 characters.'],
    ['https://user:word@hooks.example.com/', 'url must be without user and password: use the signature.'],
    ...[
      'https://localhost/',
      'https://127.1/',
      'https://2130706433/',
      'https://[::1]/',
      'https://169.254.169.254/',
    ].map(url => [url, 'url must be an address that others than this machine have.'] as [string, string]),
    [
      'https://10.0.0.1/',
      'url must be a public address: one of a private network needs the setting webhooks_to_private_addresses.',
    ],
  ])('%s in the cloud: %s', (url, expected) => {
    expect(refusal(url)).toBe(expected);
  });

  it('may be private, or of this machine, if the setting allows it', () => {
    expect(refusal('https://10.0.0.1/', { ...cloud, private_addresses: true })).toBe('https://10.0.0.1/');
    const here = 'http://127.0.0.1:9/';
    expect(refusal(here, { ...cloud, loopback: true })).toBe(here);
    expect(refusal('http://10.0.0.1/', { loopback: true, private_addresses: true })).toBe(
      'url must begin with https://.',
    );
  });
});
