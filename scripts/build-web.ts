// `npm run build:web -- --out FOLDER`: builds the console's files, and fails over its bound of size.
import { parseArgs } from 'node:util';
import { buildWeb } from './web/build-web.ts';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist/web' } } });
const { firstViewBytes } = await buildWeb(values.out);
console.log(
  `The console is in ${values.out}; its largest first view has ${Math.round(firstViewBytes / 1000)} kB of JavaScript.`,
);
