// Builds dist/: one bundled, minified file for the command line. Run by `npm run build` and `prepare`.
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
await build({
  entryPoints: { tstack: 'src/cli/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [unusedByDockerode],
});
