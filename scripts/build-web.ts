// `npm run build:web -- --out FOLDER`: builds the console's files, and fails over its bound of
// size. With --kept it prints the folder of the build that `npm start` serves, which it makes first
// if there is none of these sources.
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'dist/web' }, kept: { type: 'boolean', default: false } },
});

if (values.kept) {
  const { consoleFiles } = await import('../local/console/console-files.ts');
  console.log(await consoleFiles());
} else {
  const { buildWeb } = await import('./web/build-web.ts');
  const { firstViewBytes } = await buildWeb(values.out);
  console.log(
    `The console is in ${values.out}; its largest first view has ${Math.round(firstViewBytes / 1000)} kB of JavaScript.`,
  );
}
