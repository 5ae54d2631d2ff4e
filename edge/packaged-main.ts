// The beginning of the packaged program (scripts/build-edge.ts). It is built as one script, which
// can't await at its top.
import { allowClosedPipe } from './cli/closed-pipe.ts';
import { runEdge } from './cli/program.ts';

/** What Node itself ends with when a program waits for what never comes. */
const UNSETTLED = 13;

allowClosedPipe();
process.exitCode = UNSETTLED;
runEdge(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
