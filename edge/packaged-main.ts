// The entry of the packaged program (scripts/build-edge.ts). It is built as one script, which has
// no top-level await.
import { allowClosedPipe } from './cli/closed-pipe.ts';
import { runEdge } from './cli/program.ts';

/** Node's own exit code for a program that waits forever. */
const UNSETTLED = 13;

allowClosedPipe();
process.exitCode = UNSETTLED;
runEdge(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
