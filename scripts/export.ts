// `npm run export -- history|stats|flows|audit --from … --to … --format csv|jsonl --output FILE`
import { runExport } from './export/export-program.ts';

process.exitCode = await runExport(process.argv.slice(2));
