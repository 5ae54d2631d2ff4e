import { makeSignPost, type SigningCredentials, type SignPost } from '../../core/appsync/sign-post.ts';
import { EdgeError } from '../edge-error.ts';

/** Which API, and where the edge's own credentials come from. */
export interface RoleOptions {
  /** GraphQL address. */
  graphql: string;
  region?: string | undefined;
  profile?: string | undefined;
}

/** The region that an AppSync address names; undefined for a custom domain. */
export function regionOfUrl(url: string): string | undefined {
  return /\.appsync-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(URL.parse(url)?.hostname ?? '')?.[1];
}

/**
 * The region to sign for: the given one, else that of the address.
 *
 * @throws EdgeError when neither says
 */
export function signingRegion({ graphql, region }: Pick<RoleOptions, 'graphql' | 'region'>): string {
  const found = region ?? regionOfUrl(graphql);
  if (found !== undefined) return found;
  throw new EdgeError(`The address ${graphql} doesn't name its AWS region: give it with --region.`);
}

/** The edge's own credentials, from the SDK's default chain, renewed as that renews them. */
export function roleCredentials({
  graphql,
  region,
  profile,
}: RoleOptions): () => Promise<SigningCredentials> {
  let provider: (() => Promise<SigningCredentials>) | undefined;
  return async () => {
    // Loaded late: what sends nothing can do without the SDK, which takes long to load.
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
