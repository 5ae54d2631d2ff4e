import { makeSignPost, type SigningCredentials, type SignPost } from '../../core/appsync/sign-post.ts';
import { EdgeError } from '../edge-error.ts';

/** The API, and the source of the edge's credentials. */
export interface RoleOptions {
  /** GraphQL address. */
  graphql: string;
  region?: string | undefined;
  profile?: string | undefined;
}

/** The region in an AppSync address; undefined for a custom domain. */
export function regionOfUrl(url: string): string | undefined {
  return /\.appsync-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(URL.parse(url)?.hostname ?? '')?.[1];
}

/**
 * The region for signatures: the given one, else that of the address.
 *
 * @throws EdgeError if there is neither
 */
export function signingRegion({ graphql, region }: Pick<RoleOptions, 'graphql' | 'region'>): string {
  const found = region ?? regionOfUrl(graphql);
  if (found !== undefined) return found;
  throw new EdgeError(`The address ${graphql} doesn't contain its AWS region: give it with --region.`);
}

/** The edge's credentials from the SDK's default chain, which renews them. */
export function roleCredentials({
  graphql,
  region,
  profile,
}: RoleOptions): () => Promise<SigningCredentials> {
  let provider: (() => Promise<SigningCredentials>) | undefined;
  return async () => {
    // Loaded late, because the SDK takes long to load and is needed only for sending.
    const { kinesisClient } = await import('./kinesis-client.ts');
    provider ??= kinesisClient({
      region: signingRegion({ graphql, region }),
      ...(profile !== undefined && { profile }),
    }).config.credentials;
    try {
      return await provider();
    } catch (cause) {
      throw new EdgeError(
        `No AWS credentials were found to sign with for ${graphql} (${(cause as Error).message}): give the edge a role, or --profile.`,
        { cause },
      );
    }
  };
}

/** Signs posts to the API with the edge's own IAM identity. */
export function roleSigner(options: RoleOptions): SignPost {
  return makeSignPost({ region: signingRegion(options), credentials: roleCredentials(options) });
}
