import type { TestProject } from 'vitest/node';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

/** One DynamoDB Local for the whole run; every test file makes tables of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dynamodb = await startDynamoDb();
  project.provide('dynamodbEndpoint', dynamodb.endpoint);
  // Those that tests start end after a minute: without the optimizing compiler they take half the CPU.
  process.env.JDK_JAVA_OPTIONS = '-XX:TieredStopAtLevel=1';
  return () => dynamodb.stop();
}
