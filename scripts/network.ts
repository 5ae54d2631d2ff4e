// `npm run network -- export > network.yaml`, `plan FILE`, `apply FILE`: the network as a file, see
// docs/network-file.md.
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import { runNetwork } from './network/network-program.ts';

allowClosedPipe();
process.exitCode = await runNetwork(process.argv.slice(2));
