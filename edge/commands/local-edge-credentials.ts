import type { SigningCredentials } from '../../core/appsync/sign-post.ts';

/** Credentials of an edge for the local system, which identifies edges by the access key's id. */
export function localEdgeCredentials(edge_id: string): Omit<SigningCredentials, 'sessionToken'> {
  return { accessKeyId: `local~${encodeURIComponent(edge_id)}`, secretAccessKey: 'local' };
}
