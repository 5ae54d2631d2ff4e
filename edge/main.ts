import { allowClosedPipe } from './cli/closed-pipe.ts';
import { runEdge } from './cli/program.ts';

allowClosedPipe();
process.exitCode = await runEdge(process.argv.slice(2));
