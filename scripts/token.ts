// `npm run token -- admin`
import { runToken } from './token/token-program.ts';

process.exitCode = await runToken(process.argv.slice(2));
