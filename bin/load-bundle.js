'use strict';

// Loads dist/: the program in chunks (esbuild's, one script each) packed into one file, V8's code
// cache of each in a second, and an index of both. A command reads and compiles the chunks it needs,
// no others. The caches are made by the build and are as trustworthy as the chunks beside them; those
// of another Node version are refused by V8 and the chunk compiled as usual.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const folder = path.join(__dirname, '../dist');

/** Opens the program; `load(name)` gives a chunk's exports, `scripts` what was loaded by then. */
exports.openBundle = function openBundle() {
  const index = JSON.parse(fs.readFileSync(path.join(folder, 'tstack.json'), 'latin1'));
  const chunks = fs.openSync(path.join(folder, 'tstack.chunks'), 'r');
  const caches = openIfThere(path.join(folder, 'tstack.cache'));
  const modules = new Map();
  const scripts = new Map();

  function load(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const chunk = index[name];
    if (chunk === undefined) return require(name);
    const source = read(chunks, chunk.source).latin1Slice();
    const script = new vm.Script(`(function(exports,require,module){${source}\n})`, {
      filename: `tstack/${name.slice(2)}`,
      cachedData: caches && chunk.cache && read(caches, chunk.cache),
    });
    const module = { exports: {} };
    modules.set(name, module);
    scripts.set(name, script);
    script.runInThisContext()(module.exports, load, module);
    return module.exports;
  }
  return { load, scripts };
};

/** The exports of the program's entry. */
exports.loadBundle = () => exports.openBundle().load('./tstack.js');

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
