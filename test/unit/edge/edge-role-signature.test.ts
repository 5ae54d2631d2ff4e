import { describe, expect, it } from 'vitest';
import { EdgeError } from '../../../edge/edge-error.ts';
import { regionOfUrl, signingRegion } from '../../../edge/system/role-signature.ts';

const API = 'https://abc123.appsync-api.eu-central-1.amazonaws.com/graphql';

describe('the signing region of an edge', () => {
  it.each([
    [API, 'eu-central-1'],
    ['https://abc.appsync-api.cn-north-1.amazonaws.com.cn/graphql', 'cn-north-1'],
    ['https://api.example.com/graphql', undefined],
    ['https://api.example.com/.appsync-api.eu-west-1.amazonaws.com', undefined],
    ['https://x.appsync-api.eu-west-1.amazonaws.com.example.com/graphql', undefined],
  ])('is read from %s', (url, region) => {
    expect(regionOfUrl(url)).toBe(region);
  });

  it('is the given one rather than that of the address', () => {
    expect(signingRegion({ graphql: API, region: 'us-east-1' })).toBe('us-east-1');
  });

  it('must be known', () => {
    expect(() => signingRegion({ graphql: 'https://api.example.com/graphql' })).toThrow(
      new EdgeError(
        "The address https://api.example.com/graphql doesn't contain its AWS region: give it with --region.",
      ),
    );
  });
});
