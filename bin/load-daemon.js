'use strict';

// What the command line requires where its source imports the daemon: dist/tstackd.cjs, one script
// with its code cache beside it. As in load-bundle.js, V8 refuses a cache of another Node version.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const bundle = path.join(__dirname, '../dist/tstackd.cjs');
const wrapper = `(function(exports,require,module,__filename){${fs.readFileSync(bundle, 'latin1')}\n})`;

/** From which the build makes the cache. */
const script = new vm.Script(wrapper, { filename: bundle, cachedData: readCache() });
const loaded = { exports: {} };
script.runInThisContext()(loaded.exports, require, loaded, bundle);

module.exports = { ...loaded.exports, script };

function readCache() {
  try {
    return fs.readFileSync(`${bundle}.cache`);
  } catch {
    return undefined;
  }
}
