import { useEffect, useState } from 'react';
import type { LayoutAsked, LayoutNode } from './layout-messages.ts';
import workerUrl from './layout-worker.ts?worker&url';

interface TrustedTypePolicy {
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: TrustedTypePolicy): TrustedTypePolicy;
}

// The address of a worker is a sink of Trusted Types: this policy lets our own one pass.
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('patronus-worker', {
  createScriptURL(url) {
    if (url !== workerUrl) throw new TypeError('Only the worker of layouts may be started.');
    return url;
  },
});

/** Places for the nodes of a graph, made in a worker; undefined until they are there. */
export function useLayout({ ids, links }: LayoutAsked): ReadonlyMap<string, LayoutNode> | undefined {
  const [nodes, setNodes] = useState<ReadonlyMap<string, LayoutNode>>();
  const shape = JSON.stringify([ids, links]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says all of it
  useEffect(() => {
    const worker = new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<LayoutNode[]>) =>
      setNodes(new Map(data.map(node => [node.id, node])));
    worker.postMessage({ ids, links });
    return () => worker.terminate();
  }, [shape]);
  return nodes;
}
