// `npm run export -- history|stats|flows|audit --from … --to … --format csv|jsonl --output FILE`
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import { runExport } from './export/export-program.ts';

// The program's only output is rows: if the reader closes the pipe, it can end.
allowClosedPipe(() => process.exit(0));
process.exitCode = await runExport(process.argv.slice(2));
