// The floors of the house (docs/ARCHITECTURE.md): imports point downwards only.
const engines = ['model', 'liquid', 'product', 'sandbox', 'store', 'pricing', 'underwriting', 'documents', 'desk'];
const useCases = [...engines, 'integrations', 'billing', 'policy', 'claims', 'lab', 'sync', 'tasks'];
const floors = {
  model: [],
  liquid: ['model'],
  product: ['model', 'liquid'],
  sandbox: ['model', 'liquid'],
  store: ['model'],
  pricing: ['model', 'liquid', 'product', 'sandbox'],
  underwriting: ['model', 'liquid', 'product', 'sandbox'],
  documents: ['model', 'liquid', 'product', 'sandbox'],
  desk: ['model', 'liquid', 'product', 'sandbox', 'store', 'pricing', 'underwriting', 'documents'],
  integrations: engines,
  billing: engines,
  policy: [...engines, 'integrations', 'billing'],
  claims: [...engines, 'integrations', 'billing', 'policy'],
  lab: [...engines, 'integrations', 'billing', 'policy', 'claims'],
  sync: [...engines, 'integrations', 'billing', 'policy', 'claims'],
  tasks: [...engines, 'integrations', 'billing', 'policy', 'claims', 'lab'],
  api: useCases,
  cli: [...useCases, 'api'],
};

const coreRules = Object.entries(floors).map(([folder, below]) => ({
  name: `floor-${folder}`,
  severity: 'error',
  comment: `core/${folder} may import only ${below.map((b) => `core/${b}`).join(', ') || 'the decimal and Temporal libraries'}`,
  from: { path: `^core/${folder}/` },
  to: { path: '^(core|renderer|electron|cloud)/', pathNot: `^core/(${[folder, ...below].join('|')})/` },
}));

export default {
  forbidden: [
    ...coreRules,
    {
      name: 'model-is-pure',
      severity: 'error',
      comment:
        'core/model and core/liquid run in a bare runtime: decimal, Temporal and liquidjs only, no Node built-ins',
      from: { path: '^core/(model|liquid)/', pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['core', 'npm'],
        pathNot: 'node_modules/(decimal\\.js|temporal-polyfill|temporal-utils|liquidjs)/',
      },
    },
    {
      name: 'renderer-sees-the-contract-only',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(core|electron|cloud)/', pathNot: '^core/(model/|api/contract)' },
    },
    {
      name: 'shell-is-thin',
      severity: 'error',
      comment: 'electron/ speaks to core through its door (core/api), never to an engine or the store',
      from: { path: '^electron/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^(core/(?!api/|model/)|renderer/|cloud/)' },
    },
    {
      name: 'cloud-is-a-shell-of-its-own',
      severity: 'error',
      comment: 'cloud/ speaks for the authority: it sees core, and no screen, window or workbench of somebody',
      from: { path: '^cloud/' },
      to: { path: '^(renderer|electron|core/cli)/' },
    },
    {
      name: 'one-door-to-the-database',
      severity: 'error',
      comment: "cloud/database alone speaks to PostgreSQL: what is outside gets a tenant's scope (CL1)",
      from: { pathNot: '^(cloud/database/|test/bench/)' },
      to: { path: 'node_modules/(@types/)?pg(-boss)?/' },
    },
    {
      name: 'handlers-get-a-scope',
      severity: 'error',
      comment: 'a handler can not open a pool or a scope for itself: it is handed what it may see (CL1)',
      from: { path: '^cloud/(http|authority|jobs)/' },
      to: { path: '^cloud/database/(pool|migrate|embedded)\\.ts$' },
    },
    {
      name: 'core-knows-no-shell',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '(^|/)(electron|renderer)/|node_modules/electron/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
