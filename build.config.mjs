// Builds dist/: one bundled, minified file for the command line. Run by `npm run build` and `prepare`.
import { build } from 'esbuild';

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
});
