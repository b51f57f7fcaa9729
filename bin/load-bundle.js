'use strict';

// Loads dist/tstack.cjs with V8's code cache, which saves compiling it at every start. The cache is
// made by the build, lies beside the bundle, and is as trustworthy as that. A cache of another
// Node version is refused by V8 and the bundle compiled as usual.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const bundle = path.join(__dirname, '../dist/tstack.cjs');
const cache = `${bundle}.cache`;

/** The bundle's exports, and the script, from which the build makes the cache. */
exports.loadBundle = function loadBundle() {
  const wrapper = `(function(exports,require,module){${fs.readFileSync(bundle, 'latin1')}\n})`;
  const script = new vm.Script(wrapper, { filename: bundle, cachedData: readCache() });
  const loaded = { exports: {} };
  script.runInThisContext()(loaded.exports, require, loaded);
  return { script, exports: loaded.exports };
};

function readCache() {
  try {
    return fs.readFileSync(cache);
  } catch {
    return undefined;
  }
}
