import { plannedAwsError } from '../aws-error.ts';
import { type Finding, note } from './finding.ts';

/** One check: its name and a function that returns its findings. */
export interface Look {
  check: string;
  look(): Promise<readonly (Finding | undefined)[]>;
}

/** Runs checks concurrently; a check that fails to run becomes a finding too. */
export async function lookAtAll(looks: readonly Look[]): Promise<Finding[]> {
  const found = await Promise.all(looks.map(lookOnce));
  return found.flat();
}

async function lookOnce({ check, look }: Look): Promise<Finding[]> {
  try {
    return (await look()).filter(finding => finding !== undefined);
  } catch (cause) {
    const { message } = plannedAwsError(cause) as Error;
    return [note(check, 'could not be checked', message)];
  }
}
