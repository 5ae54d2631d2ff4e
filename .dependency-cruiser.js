// The import rules of the layout (docs/architecture.md). Each folder may import itself, npm packages and what is listed.
const MAY_IMPORT = {
  core: [],
  graphql: [],
  functions: ['core', 'graphql'],
  edge: ['core'],
  local: ['core', 'edge', 'graphql'],
  web: ['core', 'graphql'],
  lib: [],
  bin: ['lib'],
  scripts: ['core', 'functions', 'edge', 'local', 'graphql'],
};

const FOLDERS = [...Object.keys(MAY_IMPORT), 'test', 'bench'];

function folderRule([folder, allowed]) {
  const forbidden = FOLDERS.filter(other => other !== folder && !allowed.includes(other));
  return {
    name: `${folder}-imports-only-${['itself', ...allowed].join('-')}`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { path: `^(${forbidden.join('|')})/` },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(MAY_IMPORT).map(folderRule),
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      comment: 'aws-lambda is types only (@types/aws-lambda).',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
    {
      name: 'one-demo-only',
      comment: 'The runtime starts the simulated edges of the demo, and knows nothing else of the edge.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^edge/', pathNot: '^edge/simulate' },
    },
    {
      name: 'core-without-aws-beside-storage',
      comment: 'core/ is pure apart from storage: no CDK, no Lambda library, no local engine.',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: 'node_modules/(aws-cdk-lib|@aws-lambda-powertools|ws|commander)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(cdk\\.out|\\.local)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
