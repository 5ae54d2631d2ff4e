import type { SigningCredentials } from '../../core/appsync/sign-post.ts';

/** Credentials of an edge of the local system, which tells edges apart by the access key's id. */
export function localEdgeCredentials(edge_id: string): Omit<SigningCredentials, 'sessionToken'> {
  return { accessKeyId: `local~${encodeURIComponent(edge_id)}`, secretAccessKey: 'local' };
}
