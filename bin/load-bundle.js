'use strict';

// Loads dist/: the program in chunks (esbuild's), packed in groups of those that the same commands
// need, one script each; V8's code cache of each group in a second file, and an index of both. A
// command reads and compiles the groups it needs, no others. The caches are made by the build and are
// as trustworthy as the chunks beside them; those of another Node version are refused by V8 and the
// group compiled as usual.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const folder = path.join(__dirname, '../dist');

/**
 * V8 optimises what has run for a while, which pays off after seconds; most commands have ended by
 * then. Measured with files of 5 to 10,000 services: eight times V8's own budget is best.
 */
const LATE = 540_672;
const V8_DEFAULT = 67_584;

/** Opens the program; `load(name)` gives a chunk's exports, `scripts` the groups loaded by then. */
exports.openBundle = function openBundle() {
  const index = readIndex();
  const sources = fs.openSync(path.join(folder, 'tstack.chunks'), 'r');
  const caches = openIfThere(path.join(folder, 'tstack.cache'));
  const modules = new Map();
  const scripts = new Map();
  const groups = new Map();

  function loadGroup(number) {
    const known = groups.get(number);
    if (known !== undefined) return known;
    const { source, cache } = index.groups[number];
    // V8 takes no cache that was made under other flags.
    if (late) setBudget(V8_DEFAULT);
    const script = new vm.Script(read(sources, source).latin1Slice(), {
      filename: `tstack/group-${number}.js`,
      cachedData: caches && cache && read(caches, cache),
    });
    if (late) setBudget(LATE);
    const chunks = script.runInThisContext();
    scripts.set(number, script);
    groups.set(number, chunks);
    return chunks;
  }

  function load(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const number = index.chunks[name];
    if (number === undefined) return require(name);
    const module = { exports: {} };
    modules.set(name, module);
    loadGroup(number)[name](module.exports, load, module);
    return module.exports;
  }
  return { load, modules, scripts };
};

let late = false;

/** Has V8 optimise later. Asked for when there is much to do: `node:v8` alone costs 10 ms. */
function optimiseLate() {
  late = true;
  setBudget(LATE);
}

function setBudget(bytes) {
  require('node:v8').setFlagsFromString(`--interrupt-budget=${bytes}`);
}

/** Runs the program's `entry` on the arguments of this process. */
exports.run = (entry) => {
  const program = exports.openBundle().load('./tstack.js');
  program[entry](process.argv.slice(2), { optimiseLate }).then((exitCode) => {
    process.exitCode = exitCode;
  });
};

function readIndex() {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'tstack.json'), 'latin1'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    process.stderr.write(
      `tstack: the program is not built: ${folder} is missing; run "npm ci" first\n`,
    );
    process.exit(70);
  }
}

function openIfThere(file) {
  try {
    return fs.openSync(file, 'r');
  } catch {
    return undefined;
  }
}

/** `[offset, length]` of a file. */
function read(file, [offset, length]) {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const count = fs.readSync(file, bytes, done, length - done, offset + done);
    if (count === 0) throw new Error('tstack: dist/ is not whole; install tstack anew');
    done += count;
  }
  return bytes;
}
