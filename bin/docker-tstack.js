#!/usr/bin/env node
'use strict';

require('../dist/tstack.cjs')
  .pluginMain(process.argv.slice(2))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
