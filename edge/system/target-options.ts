/** Options that select the system. */
export interface TargetOptions {
  /** Name or ARN; with it, reports go to the cloud. */
  stream?: string;
  region?: string;
  profile?: string;
  /** GraphQL address of a system in the cloud. */
  graphql?: string;
  /** A person's token for it; without one, the edge signs with its own role. */
  token?: string;
  /** The `.local` folder of a running local system. */
  system: string;
}

/**
 * Whether requests to the API in the cloud are signed by a role, as edges do, and not made as a
 * person.
 */
export function signsWithRole({ graphql, token }: TargetOptions): boolean {
  return graphql !== undefined && token === undefined;
}
