#!/usr/bin/env node
'use strict';

const { loadBundle } = require('./load-bundle.js');

loadBundle()
  .main(process.argv.slice(2))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
