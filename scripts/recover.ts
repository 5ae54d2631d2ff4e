// `npm run recover -- counters|adopt …`
import { runRecover } from './recover/recover-program.ts';

process.exitCode = await runRecover(process.argv.slice(2));
