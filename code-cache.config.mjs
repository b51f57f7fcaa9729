// Writes dist/tstack.cjs.cache: V8's code cache of the bundle after a few commands have run, so that
// the functions they need are in it. The build runs this in a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = import.meta.dirname;
const { loadBundle } = createRequire(import.meta.url)('./bin/load-bundle.js');
const cache = join(root, 'dist/tstack.cjs.cache');
const folder = mkdtempSync(join(tmpdir(), 'tstack-build-'));

const STACK_FILE = `
services:
  web:
    image: nginx:1.27
    command: ["nginx", "-g", "daemon off;"]
    environment: { LEVEL: "\${LEVEL:-info}" }
    ports: ["8080:80"]
    volumes: ["data:/data"]
    networks: [front]
    deploy: { replicas: 2, update_config: { order: start-first }, resources: { limits: { memory: 64M } } }
    healthcheck: { test: ["CMD", "true"], interval: 5s }
networks: { front: {} }
volumes: { data: {} }
`;

try {
  const { script, exports } = loadBundle();
  const file = join(folder, 'stack.yml');
  writeFileSync(file, STACK_FILE);
  for (const argv of [
    ['--version'],
    ['config', '-c', file],
    ['ps', '-H', `unix://${folder}/nobody.sock`, 'web'],
  ]) {
    await exports.main(argv);
  }
  writeFileSync(cache, script.createCachedData());
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);
