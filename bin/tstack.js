#!/usr/bin/env node
'use strict';

const { loadBundle } = require('./load-bundle.js');

loadBundle()
  .exports.main(process.argv.slice(2))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
