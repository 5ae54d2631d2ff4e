// The import rules of the layout (docs/architecture.md), made from the tables in scripts/rooms.ts.
import { BROWSER, circleIn, MAY_IMPORT, PURE, READS_SCHEMA, ROOMS } from './scripts/rooms.ts';

const FOLDERS = [...Object.keys(MAY_IMPORT), 'test', 'bench'];

/** A pattern of all files of these rooms: folders with their sub-folders, or single files. */
const filesOf = (top, rooms) => `^${top}/(${rooms.join('|')})(/|\\.[jt]sx?$)`;

function folderRule([folder, allowed]) {
  const forbidden = FOLDERS.filter(other => other !== folder && !allowed.includes(other));
  return {
    name: `${folder}-imports-only-${['itself', ...allowed].join('-')}`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { path: `^(${forbidden.join('|')})/` },
  };
}

function roomRules([top, rooms]) {
  const circle = circleIn(rooms);
  if (circle) throw new Error(`The rooms of ${top}/ form a circle: ${circle.join(' → ')}.`);
  return [
    {
      name: `${top}-has-a-row-for-every-room`,
      severity: 'error',
      from: { path: `^${top}/`, pathNot: filesOf(top, Object.keys(rooms)) },
      to: {},
    },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${top}-${room}-imports-only-${['itself', ...allowed].join('-')}`,
      severity: 'error',
      from: { path: filesOf(top, [room]) },
      to: { path: `^${top}/`, pathNot: filesOf(top, [room, ...allowed]) },
    })),
  ];
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(MAY_IMPORT).map(folderRule),
    ...Object.entries(ROOMS).flatMap(roomRules),
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-rooms-import-only-pure-rooms',
      severity: 'error',
      from: { path: filesOf('core', PURE) },
      to: { path: '^core/', pathNot: filesOf('core', PURE) },
    },
    {
      name: 'pure-rooms-without-aws',
      severity: 'error',
      from: { path: filesOf('core', PURE) },
      to: { path: 'node_modules/(@?aws|@smithy)' },
    },
    {
      name: 'browser-rooms-without-node',
      severity: 'error',
      from: { path: filesOf('core', BROWSER) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-rooms-import-only-browser-rooms',
      severity: 'error',
      from: { path: filesOf('core', BROWSER) },
      to: { path: '^core/', pathNot: filesOf('core', BROWSER) },
    },
    {
      name: 'web-imports-only-browser-rooms-of-core',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^core/', pathNot: filesOf('core', BROWSER) },
    },
    {
      name: 'few-rooms-read-the-schema',
      severity: 'error',
      from: { path: '^core/', pathNot: filesOf('core', READS_SCHEMA) },
      to: { path: '^graphql/' },
    },
    {
      name: 'no-unresolvable',
      comment: 'aws-lambda is types only (@types/aws-lambda).',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
    {
      name: 'one-demo-only',
      comment: 'The runtime simulates the edges of the demo, and knows nothing else of the edge.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^edge/', pathNot: '^edge/simulation/' },
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
