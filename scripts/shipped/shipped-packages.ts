import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { build } from 'esbuild';
import { buildEdge } from '../edge-package/build-edge.ts';
import { buildWeb } from '../web/build-web.ts';
import { type PackageInfo, packageAt, packageFolder } from './package-of.ts';

/** The parts of the project that are shipped. */
export const PARTS = ['functions', 'edge', 'console'] as const;
export type Part = (typeof PARTS)[number];

/** A package in a bundle, with the parts that contain it. */
export interface ShippedPackage extends PackageInfo {
  parts: Part[];
}

/** Builds all shipped parts, and returns their packages by name and version. */
export async function shippedPackages(root: string): Promise<ShippedPackage[]> {
  const folder = await mkdtemp(join(tmpdir(), 'patronus-shipped-'));
  try {
    const sources: Record<Part, string[]> = {
      functions: await functionSources(root),
      edge: (await buildEdge(root)).sources,
      console: (await buildWeb(folder)).sources,
    };
    return packagesOf(root, sources);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function functionSources(root: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: globSync('functions/*/handler.ts', { cwd: root }),
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  // Unused code is not in an output.
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
}

function packagesOf(root: string, sources: Record<Part, string[]>): ShippedPackage[] {
  const found = new Map<string, ShippedPackage>();
  for (const part of PARTS) {
    const folders = new Set(sources[part].flatMap(path => packageFolder(inProject(root, path)) ?? []));
    for (const folder of folders) {
      const { name, version, license } = packageAt(root, folder);
      const known = found.get(`${name}@${version}`) ?? { name, version, license, parts: [] };
      if (!known.parts.includes(part)) known.parts.push(part);
      found.set(`${name}@${version}`, known);
    }
  }
  return [...found.keys()].sort().map(key => found.get(key)!);
}

function inProject(root: string, path: string): string {
  return isAbsolute(path) ? relative(root, path) : path;
}
