// `npm run aws -- outputs --stage prod`: commands for a deployed stage, see docs/deploying.md.
import { allowClosedPipe } from '../edge/cli/closed-pipe.ts';
import { runAws } from './aws/aws-program.ts';

allowClosedPipe();
process.exitCode = await runAws(process.argv.slice(2));
