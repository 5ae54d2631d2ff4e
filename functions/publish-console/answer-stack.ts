import { z } from 'zod';

/** CloudFormation's request to a custom resource. */
export const stackRequestSchema = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
});

type StackRequest = z.infer<typeof stackRequestSchema>;

/** Constant, so that CloudFormation never takes an update for a replacement. */
const PHYSICAL_ID = 'console';

/**
 * Handles a stack's request and answers it, also if it fails: without an answer, a deployment waits
 * for an hour.
 * @param work runs for a creation or an update; a deletion needs no work
 * @throws Error if the answer can't be delivered
 */
export async function answerStack(request: StackRequest, work: () => Promise<void>): Promise<void> {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId } = request;
  const outcome = RequestType === 'Delete' ? { Status: 'SUCCESS' } : await attempt(work);
  const answer = { ...outcome, PhysicalResourceId: PHYSICAL_ID, StackId, RequestId, LogicalResourceId };
  // The signature of the address is valid only for a request without a content type.
  const response = await fetch(ResponseURL, {
    method: 'PUT',
    headers: { 'content-type': '' },
    body: Buffer.from(JSON.stringify(answer)),
  });
  if (!response.ok) throw new Error(`CloudFormation did not accept the answer (status ${response.status}).`);
}

async function attempt(work: () => Promise<void>): Promise<{ Status: string; Reason?: string }> {
  try {
    await work();
    return { Status: 'SUCCESS' };
  } catch (cause) {
    return { Status: 'FAILED', Reason: `The console was not published: ${(cause as Error).message}` };
  }
}
