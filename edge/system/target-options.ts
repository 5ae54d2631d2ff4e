/** Which system is meant. */
export interface TargetOptions {
  /** Name or ARN; with it, reports go to the cloud. */
  stream?: string;
  region?: string;
  profile?: string;
  /** GraphQL address of the cloud's system. */
  graphql?: string;
  /** A person's token for it; without one the edge signs with its own role. */
  token?: string;
  /** The `.local` folder of a running local system. */
  system: string;
}

/**
 * Whether the API in the cloud is asked with a role's signature, as an edge does by itself, and not
 * as a person.
 */
export function signsWithRole({ graphql, token }: TargetOptions): boolean {
  return graphql !== undefined && token === undefined;
}
