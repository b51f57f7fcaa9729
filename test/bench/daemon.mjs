// A daemon of its own with 500 services and 2,000 tasks that are simulated, asked over its socket.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SERVICES = 500;
const REPLICAS = 4;
const STREAMS = 1000;
/** What the lists may take, ms. */
const LIST_MS = 200;
const IDLE_MS = 5000;
/** Of /proc/<pid>/stat, per second. */
const TICKS = 100;

export const daemon = {
  name: 'daemon',
  summary: `${SERVICES} services, ${SERVICES * REPLICAS} simulated tasks: median ms of a list; CPU, memory; event streams`,
  async run({ bin, folder, rounds }) {
    const env = {
      ...process.env,
      XDG_STATE_HOME: join(folder, 's'),
      XDG_CONFIG_HOME: join(folder, 'c'),
      XDG_RUNTIME_DIR: join(folder, 'r'),
    };
    mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
    const args = [
      'cluster',
      'run',
      '--runtime',
      'simulated',
      '--nodes',
      '1m+4w',
      '--verbosity',
      'error',
    ];
    const child = spawn(process.execPath, [bin, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const socketPath = join(env.XDG_RUNTIME_DIR, 'tstack', 'default.sock');
    try {
      return await measure({ socketPath, pid: child.pid, rounds });
    } finally {
      child.kill('SIGTERM');
    }
  },
};

async function measure({ socketPath, pid, rounds }) {
  await until(() =>
    ask(socketPath, 'GET', '/_ping').then(
      (answer) => answer === 'OK',
      () => false,
    ),
  );
  const filled = await timed(() => fill(socketPath));
  const services = await median(rounds, () => ask(socketPath, 'GET', '/services?status=true'));
  const tasks = await median(rounds, () => ask(socketPath, 'GET', '/tasks'));
  const before = cpuMs(pid);
  await sleep(IDLE_MS);
  const idle = ((cpuMs(pid) - before) * 1000) / IDLE_MS;
  const told = await tellStreams(socketPath);
  const limit = (name, ms) => ({ name, ms, base: `${LIST_MS} ms`, ratio: ms / LIST_MS, limit: 1 });
  return [
    { name: 'created and running', ms: filled },
    limit('GET /services?status=true', services),
    limit('GET /tasks', tasks),
    { name: 'idle: CPU ms per second', ms: idle },
    { name: `an event at the last of ${STREAMS} streams`, ms: told },
    { name: 'resident memory, MB (not ms)', ms: residentMb(pid) },
  ];
}

async function fill(socketPath) {
  const ContainerSpec = { Image: 'web:1', Command: ['serve'], Env: ['A=1', 'B=2'] };
  for (let at = 0; at < SERVICES; at += 1) {
    await ask(socketPath, 'POST', '/services/create', {
      Name: `service-${at}`,
      Labels: { 'com.docker.stack.namespace': `stack-${at % 50}` },
      TaskTemplate: { ContainerSpec },
      Mode: { Replicated: { Replicas: REPLICAS } },
    });
  }
  await until(async () => {
    const tasks = JSON.parse(await ask(socketPath, 'GET', '/tasks'));
    return tasks.filter((one) => one.Status.State === 'running').length === SERVICES * REPLICAS;
  });
}

/** From a change until each of the streams has told of it, ms. */
async function tellStreams(socketPath) {
  const open = await Promise.all(Array.from({ length: STREAMS }, () => openStream(socketPath)));
  const ms = await timed(async () => {
    await ask(socketPath, 'POST', '/secrets/create', { Name: 'told', Data: 'eA==' });
    await Promise.all(open.map((one) => one.told));
  });
  for (const one of open) one.request.destroy();
  return ms;
}

function openStream(socketPath) {
  return new Promise((resolve, reject) => {
    const path = '/events?filters=%7B%22type%22%3A%5B%22secret%22%5D%7D';
    const request = http.get({ socketPath, path, agent: false }, (response) => {
      const told = new Promise((done) => response.once('data', done));
      response.on('error', () => undefined);
      resolve({ request, told });
    });
    request.on('error', reject);
  });
}

function ask(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const request = http.request(
      { socketPath, method, path, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          response.statusCode < 400 ? resolve(text) : reject(new Error(`${path}: ${text}`)),
        );
      },
    );
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function until(isSo) {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 600) throw new Error('the daemon did not get there within a minute');
    await sleep(100);
  }
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function median(rounds, work) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push(await timed(work));
  return times.toSorted((a, b) => a - b)[rounds >> 1];
}

/** User and system time of a process. @source proc(5), /proc/pid/stat */
function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

function residentMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}
