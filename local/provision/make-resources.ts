import { parseProperties } from '../resources/parse-properties.ts';
import type { Ending, Host, MadeResources, Making, ResourceType } from '../resources/resource-type.ts';
import { RUNNING_TYPES } from '../resources/resource-types.ts';
import type { CloudAssembly } from '../template/cloud-assembly.ts';
import { makeDeployment, type Resource } from '../template/deployment.ts';
import { madeResources } from './made-resources.ts';

export interface RunnableResources {
  made: MadeResources;
  /** Starts event sources and schedules, all or none. @returns functions that stop them */
  start(): Promise<Ending[]>;
}

/** Makes all resources of an assembly; referenced resources first. */
export async function makeResources(assembly: CloudAssembly, host: Host): Promise<RunnableResources> {
  const made = madeResources(host);
  const deployment = makeDeployment(assembly, made.attributes);
  const ofType = ({ type }: ResourceType): Resource[] =>
    deployment.resources.filter(resource => resource.type === type);
  const making = ({ schema }: ResourceType, resource: Resource): Making<unknown> => ({
    resource,
    properties: parseProperties(deployment, resource, schema),
    made,
    host,
  });

  const types = new Map<ResourceType, Promise<void>>();
  async function makeType(type: ResourceType): Promise<void> {
    await Promise.all(type.after?.map(once) ?? []);
    if (!type.make) return;
    // One after another, because the engines can't change the same thing concurrently.
    for (const resource of ofType(type)) made.add(type, resource, await type.make(making(type, resource)));
  }
  function once(type: ResourceType): Promise<void> {
    const making = types.get(type) ?? makeType(type);
    types.set(type, making);
    return making;
  }
  await Promise.all(RUNNING_TYPES.map(once));

  return {
    made,
    async start() {
      const endings: Ending[] = [];
      try {
        for (const type of RUNNING_TYPES) {
          if (!type.start) continue;
          for (const resource of ofType(type)) endings.push(await type.start(making(type, resource)));
        }
      } catch (cause) {
        await Promise.all(endings.map(end => end()));
        throw cause;
      }
      return endings;
    },
  };
}
