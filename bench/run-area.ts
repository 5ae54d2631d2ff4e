// Child process of `npm run bench`: runs one area and sends its rows to the parent.
import { AREAS } from './areas.ts';

const { run } = await AREAS[process.argv[2] ?? '']!();
process.send!(await run(), () => process.exit());
