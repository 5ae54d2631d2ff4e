import { createHash } from 'node:crypto';
import { build, type Metafile } from 'esbuild';
import { packageAt, packageFolder } from '../shipped/package-of.ts';

/** The file's name. */
export const PACKAGED_PROGRAM = 'patronus-edge.mjs';
/** Files for a machine with systemd, from edge/service/. */
export const SERVICE_FILES = ['patronus-edge.service', 'patronus-edge.env'] as const;
/** The size limit of the file. */
export const MAX_BYTES = 5_000_000;

const NODE_MAJOR = 24;

/**
 * Code before the bundle, which is CommonJS: its `require` calls run after this check. Imports of
 * an ES module would be linked before it, and would fail in an older Node without our message.
 */
const HEAD = `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
if (Number(process.versions.node.split('.')[0]) < ${NODE_MAJOR}) {
  console.error('patronus-edge needs Node ${NODE_MAJOR} or newer, but this is ' + process.version + ': install a newer Node, or run it by its path.');
  process.exit(1);
}
const require = __createRequire(import.meta.url);
const __file_url = import.meta.url;`;

interface EdgeBuild {
  file: Buffer;
  sha256: string;
  /** The project's source files in it. */
  sources: string[];
}

/**
 * Builds the packaged edge program from the project in `root`. The same sources and packages
 * produce the same bytes in any folder: the file contains no paths and no time.
 *
 * @throws Error when it is larger than {@link MAX_BYTES}
 */
export async function buildEdge(root: string): Promise<EdgeBuild> {
  const { version } = packageAt(root, '');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['edge/packaged-main.ts'],
    outfile: `dist/${PACKAGED_PROGRAM}`,
    bundle: true,
    platform: 'node',
    target: `node${NODE_MAJOR}`,
    format: 'cjs',
    // Prefers ES modules, so that unused code can be left out.
    mainFields: ['module', 'main'],
    define: {
      PATRONUS_EDGE_VERSION: JSON.stringify(version),
      'import.meta.url': '__file_url',
    },
    minifySyntax: true,
    minifyWhitespace: true,
    charset: 'utf8',
    legalComments: 'none',
    // If node_modules is a link, file names must not contain its target.
    preserveSymlinks: true,
    banner: { js: HEAD },
    metafile: true,
    write: false,
  });
  const file = Buffer.from(`${outputFiles[0]!.text}${contents(root, metafile)}`);
  if (file.length > MAX_BYTES) {
    throw new Error(
      `The packaged edge program has ${file.length} bytes; ${MAX_BYTES} are allowed. Largest packages: ${largest(metafile)}.`,
    );
  }
  return {
    file,
    sha256: createHash('sha256').update(file).digest('hex'),
    sources: Object.keys(metafile.inputs),
  };
}

/** The packages in it as comments: a line for each, with version and licence. */
function contents(root: string, { inputs }: Metafile): string {
  const folders = new Set(Object.keys(inputs).flatMap(path => packageFolder(path) ?? []));
  const lines = [...folders].sort().map(folder => {
    const { name, version, license } = packageAt(root, folder);
    return `// ${name} ${version} (${license})\n`;
  });
  return `// Holds these packages, each under its own licence:\n${[...new Set(lines)].join('')}`;
}

function largest({ outputs }: Metafile): string {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs),
  )) {
    const name = packageFolder(path) ?? 'our own';
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  const sorted = [...bytes].sort(([, a], [, b]) => b - a).slice(0, 3);
  return sorted.map(([name, size]) => `${name} ${size}`).join(', ');
}
