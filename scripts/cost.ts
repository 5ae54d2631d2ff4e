// `npm run cost -- --edges 1000`: the bill of a month, by service and driver.
import { runCost } from './cost/cost-program.ts';

process.exitCode = runCost(process.argv.slice(2));
