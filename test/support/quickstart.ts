// `npm run quickstart`: a real three-node Swarm on this machine, and the quickstart stack on it.
// On a terminal it stays up until Ctrl-C; otherwise everything is taken down at once.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { labObstacle, startSwarmLab, stopLab } from './swarm-lab.ts';

const root = resolve(import.meta.dirname, '../..');
const PACKAGES = ['docker.io', 'iptables', 'iproute2', 'busybox-static', 'util-linux'];

function runShown(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): number {
  console.log(`\n$ ${[program, ...args].join(' ')}`);
  const { status } = spawnSync(program, [...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return status ?? 1;
}

/** Installs Debian's engine where it can; the obstacle that remains, if any. */
function prepareMachine(): string | undefined {
  const obstacle = labObstacle();
  if (obstacle === undefined || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return obstacle;
  console.log(
    `This machine cannot run a Swarm yet (${obstacle}); installing ${PACKAGES.join(', ')}.`,
  );
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  runShown('apt-get', ['update', '-q'], quiet);
  runShown('apt-get', ['install', '-qy', '--no-install-recommends', ...PACKAGES], quiet);
  return labObstacle();
}

async function quickstart(): Promise<number> {
  const obstacle = prepareMachine();
  if (obstacle !== undefined) {
    console.error(`quickstart: cannot start a Swarm here: ${obstacle}.`);
    console.error('Run it as root on Linux, or point tstack at a Swarm of yours:');
    console.error(
      '  DOCKER_HOST=… node bin/tstack.js deploy -c fixtures/quickstart/stack.yml hello',
    );
    return 1;
  }
  console.log('Starting a Swarm of three nodes in network namespaces of its own …');
  const lab = await startSwarmLab();
  try {
    const host = { DOCKER_HOST: `unix://${lab.nodes[0]?.socket ?? ''}` };
    const tstack = (...args: readonly string[]): number =>
      runShown('node', ['bin/tstack.js', ...args], host);
    const stack = 'fixtures/quickstart/stack.yml';
    const code = tstack('deploy', '--resolve-image', 'never', '-c', stack, 'hello');
    tstack('services', 'hello');
    tstack('ps', 'hello');
    if (code !== 0 || !process.stdin.isTTY) return code;
    console.log(`\nThe Swarm stays until you press Ctrl-C. In another terminal:\n`);
    console.log(`  export DOCKER_HOST=${host.DOCKER_HOST}`);
    console.log(`  GREETING=Hi node bin/tstack.js deploy --resolve-image never -c ${stack} hello`);
    console.log('  node bin/tstack.js rm hello');
    await new Promise<void>((done) => process.once('SIGINT', () => done()));
    return 0;
  } finally {
    console.log('\nTaking the Swarm down …');
    stopLab(lab.dir);
  }
}

process.exitCode = await quickstart();
