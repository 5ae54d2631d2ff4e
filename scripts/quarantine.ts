// `npm run quarantine -- list|show PLACE|replay PLACE…`
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import { runQuarantine } from './quarantine/quarantine-program.ts';

// Rows are all that these programs make: with nobody to read them there is nothing left to do.
allowClosedPipe(() => process.exit(0));
process.exitCode = await runQuarantine(process.argv.slice(2));
