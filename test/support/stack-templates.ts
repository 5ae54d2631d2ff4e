import { Template } from 'aws-cdk-lib/assertions';
import { makeApp } from '../../lib/patronus-app.ts';

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  Properties: any;
  DeletionPolicy?: string;
}

export interface StackTemplates {
  templates: readonly Template[];
  data: Template;
  ingest: Template;
  api: Template;
  exports: Template;
  /** Every resource of every stack, by its logical id. */
  all: readonly [string, Resource][];
  /** The resources of a type such as `AWS::S3::Bucket`. */
  ofType(type: string): [string, Resource][];
}

let made: StackTemplates | undefined;

/**
 * The templates with the default settings. They are synthesized once for all files of a process.
 */
export function stackTemplates(): StackTemplates {
  made ??= synthesize();
  return made;
}

function synthesize(): StackTemplates {
  // The test of the whole synthesis covers bundling.
  const { stacks } = makeApp({ 'aws:cdk:bundling-stacks': [] });
  const templates = stacks.map(stack => Template.fromStack(stack));
  const [data, ingest, api, , exports] = templates as [Template, Template, Template, Template, Template];
  const all = templates.flatMap(template =>
    Object.entries(template.toJSON().Resources as Record<string, Resource>),
  );
  return {
    templates,
    ...{ data, ingest, api, exports, all },
    ofType: type => all.filter(([, resource]) => resource.Type === type),
  };
}
