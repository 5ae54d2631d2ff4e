// `npm run build:web -- --out FOLDER`: builds the console's files, and fails if they exceed the
// size limit. With --kept it prints the folder of the build that `npm start` serves, after building
// it if there is none for these sources.
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
