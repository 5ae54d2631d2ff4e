// `node scripts/run.js FILE ARGUMENTS…` runs a program of this project on the project's Node,
// whatever Node runs this file: the one of the platform package that npm ci installed, or the
// machine's if there is none. Plain JavaScript, for Node 20 and newer.
import { spawn } from 'node:child_process';
import nodeModule, { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The Node of the functions, which runs TypeScript as it is. */
const MINIMUM = 24;

const [file, ...args] = process.argv.slice(2);
const ownNode = platformNode();

// Compiled code is cached for all programs that this one starts; compiling is most of a program's
// start time.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url));

if (majorVersion() >= MINIMUM) {
  nodeModule.enableCompileCache();
  process.argv.splice(1, 2, resolve(file));
  await import(pathToFileURL(resolve(file)).href);
} else if (ownNode) {
  runOn(ownNode);
} else {
  console.error(
    `Node here is ${process.version}, and npm has no Node ${MINIMUM} for ${process.platform} on ${process.arch}: install Node ${MINIMUM} or newer (https://nodejs.org) and try again.`,
  );
  process.exitCode = 1;
}

function majorVersion() {
  return Number(process.versions.node.split('.')[0]);
}

function platformNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  try {
    return createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/bin/${name}`);
  } catch {
    return undefined;
  }
}

/** Signals of a terminal reach the program itself, which decides when to end. */
function runOn(node) {
  const child = spawn(node, [file, ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('error', cause => {
    console.error(`${node} can't be run: ${cause.message}`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
