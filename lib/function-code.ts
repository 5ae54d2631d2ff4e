import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { AssetProps } from 'aws-cdk-lib/aws-s3-assets';
import { buildSync } from 'esbuild';

/**
 * The code of a function: its handler with all imports, the SDK included, so that the tested code
 * is the code that runs. It is bundled in this process, because CDK's NodejsFunction starts npm for
 * each function, which takes longer than the bundling.
 * @param folder folder under functions/ with the handler.ts
 */
export function functionCode(folder: string): Code {
  const { path, ...options } = functionAsset(folder);
  return Code.fromAsset(path, options);
}

export interface AddedFiles {
  /** Adds files next to the bundle. */
  addFiles?(outputDirectory: string): void;
}

/** The same as an asset, which may have files next to the bundle. */
export function functionAsset(folder: string, { addFiles = () => {} }: AddedFiles = {}): AssetProps {
  return {
    path: `functions/${folder}`,
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // CDK requires an image, for machines that can't bundle without a container.
      image: DockerImage.fromRegistry('public.ecr.aws/sam/build-nodejs24.x'),
      local: {
        tryBundle(outputDirectory) {
          bundle(`functions/${folder}/handler.ts`, `${outputDirectory}/index.mjs`);
          addFiles(outputDirectory);
          return true;
        },
      },
    },
  };
}

function bundle(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}
