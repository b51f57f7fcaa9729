// Builds dist/: one bundled, minified file for the command line. Run by `npm run build` and `prepare`.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { compileSchemas } from './schemas/compile-schemas.mjs';

/**
 * Modules that dockerode loads at once and tstack never calls: its transport is ours, and nothing is
 * built from a directory. Left in, they cost 40 ms of every command that talks to an engine.
 */
const unusedByDockerode = {
  name: 'unused-by-dockerode',
  setup(bundle) {
    bundle.onResolve({ filter: /^(docker-modem|tar-fs|@balena\/dockerignore)$/ }, ({ path }) => ({
      path,
      namespace: 'unused',
    }));
    bundle.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'module.exports = {}',
    }));
  },
};

await compileSchemas();
// A cache of another bundle must never be read: V8 compares little more than the length.
rmSync('dist/tstack.cjs.cache', { force: true });

await build({
  entryPoints: { tstack: 'src/cli/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // The bundle runs as a vm.Script, where import() of a built-in module has no loader; require has.
  supported: { 'dynamic-import': false },
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [unusedByDockerode],
});

const written = spawnSync(process.execPath, ['code-cache.config.mjs'], { stdio: 'ignore' });
if (written.status !== 0) console.warn('build: no code cache; start-up will be slower');
