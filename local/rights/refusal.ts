import type { Need } from './need.ts';

/** The name and status of a refusal by services without `AccessDeniedException`. */
const ANSWERS: Record<string, { name: string; status: number }> = {
  s3: { name: 'AccessDenied', status: 403 },
  sns: { name: 'AuthorizationErrorException', status: 403 },
  dynamodb: { name: 'AccessDeniedException', status: 400 },
};
const OTHER = { name: 'AccessDeniedException', status: 400 };

/** A refused call, in IAM's words and in the SDK's form of the service's answer. */
export class Refusal extends Error {
  readonly $fault = 'client';
  readonly $metadata: { httpStatusCode: number };

  constructor(role: string, { action, resource, keys }: Need, { denied }: { denied: boolean }) {
    const why = denied
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
    const about = keys && keys.length > 0 ? ` with key ${[...new Set(keys)].join(', ')}` : '';
    super(`User: ${role} is not authorized to perform: ${action} on resource: ${resource}${about} ${why}`);
    const { name, status } = ANSWERS[action.split(':')[0]!] ?? OTHER;
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}
