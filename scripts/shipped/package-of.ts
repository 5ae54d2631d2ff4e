import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The used fields of a package.json. */
export interface PackageInfo {
  name: string;
  version: string;
  /** An SPDX expression. */
  license: string;
}

/** @example packageFolder('node_modules/@aws/x/index.js') // 'node_modules/@aws/x' */
export function packageFolder(path: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

/** The package in a folder of the project. */
export function packageAt(root: string, folder: string): PackageInfo {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as PackageInfo;
}
