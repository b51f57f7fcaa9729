// Builds dist/: the program, minified, in chunks that bin/load-bundle.js loads as they are needed, and
// the daemon of embedded clusters, one file for bin/load-daemon.js.
// Run by `npm run build` and `prepare`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { compileSchemas } from './schemas/compile-schemas.mjs';

/**
 * Modules that dockerode loads at once and tstack never calls: its transport is ours, and nothing is
 * built from a directory. Left in, they cost 40 ms of every command that talks to an engine.
 */
const unusedByDockerode = {
  name: 'unused-by-dockerode',
  setup(bundle) {
    bundle.onResolve(
      { filter: /^(docker-modem|tar-fs|@balena\/dockerignore|crypto|zlib)$/ },
      ({ path, importer }) =>
        importer.includes('/dockerode/') ? { path, namespace: 'unused' } : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'module.exports = {}',
    }));
  },
};

/** chalk asks at once which colours the terminal has; tstack decides that itself. */
const undecidedChalk = {
  name: 'undecided-chalk',
  setup(bundle) {
    bundle.onResolve({ filter: /^#supports-color$/ }, ({ path }) => ({ path, namespace: 'chalk' }));
    bundle.onLoad({ filter: /.*/, namespace: 'chalk' }, () => ({
      contents: 'export default { stdout: false, stderr: false }',
    }));
  },
};

/**
 * Has built-in modules that are slow to load and seldom needed loaded when something of them is used,
 * not with the modules that may use them.
 */
const lateModules = {
  name: 'late-modules',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:(child_process|crypto|tty)$/ }, ({ path, namespace }) =>
      namespace === 'late' ? { path, external: true } : { path, namespace: 'late' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default');
      return {
        contents: `for (const name of ${JSON.stringify(names)}) Object.defineProperty(exports, name,
          { enumerable: true, get: () => require('${path}')[name] });`,
      };
    });
  },
};

/**
 * Modules of ours with large tables that most commands never look at: evaluated when something of them
 * is used. The table of Compose keys takes 10 ms, and files in docker's format do not need it.
 */
const lateTables = {
  name: 'late-tables',
  setup(bundle) {
    bundle.onResolve({ filter: /\/keys\/table\/index\.ts$/ }, ({ path, resolveDir, namespace }) =>
      namespace === 'table' ? undefined : { path: resolve(resolveDir, path), namespace: 'table' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'table' }, ({ path }) => {
      const getters = exportsOf(path).map((name) => `get ${name}() { return load().${name}; }`);
      const contents = `const load = () => require(${JSON.stringify(path)});
        module.exports = { ${getters.join(', ')} };`;
      return { contents, resolveDir: dirname(path) };
    });
  },
};

function exportsOf(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
}

/** The daemon is a bundle of its own; what is not a chunk is required from bin/. */
const daemonApart = {
  name: 'daemon-apart',
  setup(bundle) {
    bundle.onResolve({ filter: /\/daemon\/tstackd\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './load-daemon.js', external: true } : undefined,
    );
  },
};

await compileSchemas();
// Caches of other chunks must never be read: V8 compares little more than the length.
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');

const { outputFiles } = await build({
  entryPoints: { tstack: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [unusedByDockerode, undecidedChalk, lateModules, lateTables, daemonApart],
  write: false,
});

const index = { chunks: {}, groups: [] };
const sources = [];
let offset = 0;
for (const [number, { path, text }] of outputFiles.entries()) {
  // A vm.Script has require and no loader for import().
  const { code } = await transform(text, {
    format: 'cjs',
    target: 'node20',
    platform: 'node',
    minify: true,
    charset: 'ascii',
    supported: { 'dynamic-import': false },
  });
  const name = `./${basename(path)}`;
  const source = `({"${name}":function(exports,require,module){${code}\n}})`;
  index.chunks[name] = number;
  index.groups.push({ source: [offset, source.length] });
  sources.push(source);
  offset += source.length;
}
writeFileSync('dist/tstack.chunks', sources.join(''), 'latin1');
writeFileSync('dist/tstack.json', JSON.stringify(index));

await build({
  entryPoints: { tstackd: 'src/daemon/tstackd.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  supported: { 'dynamic-import': false },
  // A native addon cannot be bundled.
  external: ['lmdb'],
  banner: { js: "const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl' },
  minify: true,
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
});

const cached = spawnSync(process.execPath, ['code-cache.config.mjs'], {
  stdio: ['ignore', 'ignore', 'pipe'],
  encoding: 'utf8',
});
if (cached.status !== 0) {
  const reason = cached.stderr.trim();
  console.warn(`build: chunks not grouped, no code cache; start-up will be slower: ${reason}`);
}
