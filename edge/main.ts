import { runEdge } from './cli/program.ts';

process.exitCode = await runEdge(process.argv.slice(2));
