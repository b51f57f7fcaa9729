#!/usr/bin/env node
import { main } from '../dist/tstack.js';

process.exitCode = await main(process.argv.slice(2));
