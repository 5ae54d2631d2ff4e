import { execFile } from 'node:child_process';

const MINIMUM = 17;
const ADVICE = `DynamoDB Local needs Java ${MINIMUM} or newer: install it (Debian: apt install openjdk-17-jre-headless, macOS: brew install openjdk) and start again.`;

/** Java is missing or too old; the message says what to install. */
export class JavaMissing extends Error {
  override readonly name = 'JavaMissing';
}

/**
 * Looks for a Java for DynamoDB Local.
 * @throws JavaMissing if there is none on the PATH, or if it is too old
 */
export async function checkJava(command = 'java'): Promise<void> {
  const version = await javaVersion(command);
  if (version === undefined) throw new JavaMissing(`Java was not found. ${ADVICE}`);
  if (version < MINIMUM) throw new JavaMissing(`The installed Java has version ${version}. ${ADVICE}`);
}

/** Major version: 17 of "17.0.15", 8 of "1.8.0_292". */
async function javaVersion(command: string): Promise<number | undefined> {
  const text = await new Promise<string>(resolve =>
    execFile(command, ['-version'], (error, _stdout, stderr) => resolve(error ? '' : stderr)),
  );
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}
