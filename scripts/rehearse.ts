// `npm run rehearse`: deploys the system to an emulator of AWS on this machine, and stops it again.
import { runRehearse } from './rehearse/rehearse-program.ts';

process.exitCode = await runRehearse(process.argv.slice(2));
