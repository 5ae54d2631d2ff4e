// `npm run quarantine -- list|show PLACE|replay PLACE…`
import { runQuarantine } from './quarantine/quarantine-program.ts';

process.exitCode = await runQuarantine(process.argv.slice(2));
