// `npm run quarantine -- list|show PLACE|replay PLACE…`
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import { runQuarantine } from './quarantine/quarantine-program.ts';

// The program's only output is rows: if the reader closes the pipe, it can end.
allowClosedPipe(() => process.exit(0));
process.exitCode = await runQuarantine(process.argv.slice(2));
