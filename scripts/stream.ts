// `npm run stream -- replay --from TIME [--to TIME]`
import { runStream } from './stream/stream-program.ts';

process.exitCode = await runStream(process.argv.slice(2));
