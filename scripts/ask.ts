// `npm run ask -- '{ trafficTotals { bytes } }'`
import { runAsk } from './ask/ask-program.ts';

process.exitCode = await runAsk(process.argv.slice(2));
