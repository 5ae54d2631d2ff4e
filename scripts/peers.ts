// `npm run peers`: runs the flow exporters and collectors that are installed here on a small
// capture, counts what they write, and compares it with tshark's totals.
// `npm run peers -- --record` also writes what they wrote to test/fixtures/exporters/.
import { runPeers } from './peers/run-peers.ts';

process.exitCode = await runPeers({ record: process.argv.includes('--record') });
