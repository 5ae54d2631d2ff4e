// `npm run peers`: runs the installed flow exporters and collectors on a small capture, counts
// their output, and compares it with tshark's totals. `npm run peers -- --record` also stores their
// output in test/fixtures/exporters/.
import { runPeers } from './peers/run-peers.ts';

process.exitCode = await runPeers({ record: process.argv.includes('--record') });
