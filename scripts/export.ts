// `npm run export -- history|stats|flows|audit --from … --to … --format csv|jsonl --output FILE`
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import { runExport } from './export/export-program.ts';

// Rows are all that these programs make: with nobody to read them there is nothing left to do.
allowClosedPipe(() => process.exit(0));
process.exitCode = await runExport(process.argv.slice(2));
