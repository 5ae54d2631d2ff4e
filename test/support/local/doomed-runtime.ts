// A runtime with three containers in different states, for a test that kills it. Prints their
// process ids.
import { testFunction } from './functions.ts';

const { lambda } = await testFunction(
  `export const handler = async ({ then }) => {
     process.stdout.write(process.pid + '\\n');
     if (then === 'wait') await new Promise(resolve => setTimeout(resolve, 1e9));
     if (then === 'spin') for (;;);
   };`,
  { timeoutMs: 1e9, log: text => void process.stdout.write(text) },
);
await Promise.all(['answer', 'wait', 'spin'].map(then => lambda.invoke({ then })));
