// `npm pack` and `npm publish` run this first: it puts what is published together from the sources of the workspace.
// Our own libs go into one file, what others wrote stays a dependency, and the types are those of src/index.ts.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

const sdk = import.meta.dirname;
const libs = path.dirname(sdk);
const root = path.dirname(libs);
const conditions = ['@signalbox/source', 'node'];

execFileSync(
  process.execPath,
  [path.join(root, 'node_modules/typescript/bin/tsc'), '-b', path.join(sdk, 'tsconfig.lib.json')],
  { stdio: 'inherit' },
);

await build({
  root: sdk,
  configFile: false,
  logLevel: 'warn',
  resolve: { conditions },
  ssr: { noExternal: true, resolve: { conditions } },
  build: {
    ssr: 'src/index.ts',
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node22',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      external: (id) => !/^(?:\.|\/|@signalbox\/|src\/)/.test(id),
      treeshake: { moduleSideEffects: false },
      output: { entryFileNames: 'index.js', codeSplitting: false },
    },
  },
});

// The code looks for them beside the folder it lies in.
rmSync(path.join(sdk, 'lua'), { recursive: true, force: true });
for (const lib of ['rate-limits', 'cooldowns'])
  cpSync(path.join(libs, lib, 'lua'), path.join(sdk, 'lua'), { recursive: true });
copyFileSync(path.join(root, 'LICENSE'), path.join(sdk, 'LICENSE'));
