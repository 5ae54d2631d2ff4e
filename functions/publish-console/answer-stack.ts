import { z } from 'zod';

/** What CloudFormation asks a custom resource for. */
export const stackRequestSchema = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
});

type StackRequest = z.infer<typeof stackRequestSchema>;

/** The one resource of its stack: an update is never a replacement. */
const PHYSICAL_ID = 'console';

/**
 * Does what a stack asks for and answers it, also where that fails: without an answer a deployment
 * waits for an hour.
 * @param work what is to be done for a creation or an update; for a deletion nothing is
 * @throws Error where the answer can't be given
 */
export async function answerStack(request: StackRequest, work: () => Promise<void>): Promise<void> {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId } = request;
  const outcome = RequestType === 'Delete' ? { Status: 'SUCCESS' } : await attempt(work);
  const answer = { ...outcome, PhysicalResourceId: PHYSICAL_ID, StackId, RequestId, LogicalResourceId };
  // The address is signed for a request without a content type.
  const response = await fetch(ResponseURL, {
    method: 'PUT',
    headers: { 'content-type': '' },
    body: Buffer.from(JSON.stringify(answer)),
  });
  if (!response.ok) throw new Error(`The stack took no answer (${response.status}).`);
}

async function attempt(work: () => Promise<void>): Promise<{ Status: string; Reason?: string }> {
  try {
    await work();
    return { Status: 'SUCCESS' };
  } catch (cause) {
    return { Status: 'FAILED', Reason: `The console was not published: ${(cause as Error).message}` };
  }
}
