import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Areas an area may import besides itself and `base`; `area/file.ts` allows that one file. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  swarm: [],
  stack: ['swarm'],
  engine: ['swarm'],
  orchestrator: ['swarm'],
  plan: [
    'swarm',
    'orchestrator',
    'stack/stack-spec.ts',
    'engine/client.ts',
    'engine/swarm-problem.ts',
  ],
  release: ['swarm', 'plan', 'rollout', 'stack/stack-spec.ts', 'engine/client.ts'],
  adopt: ['swarm', 'stack', 'plan', 'engine/client.ts'],
  rollout: ['swarm', 'plan', 'stack/stack-spec.ts', 'engine/client.ts'],
  simulate: ['swarm', 'orchestrator', 'runtimes', 'stack/stack-spec.ts'],
  runtimes: [
    'swarm',
    'orchestrator/agent/executor.ts',
    'orchestrator/agent/promise-controller.ts',
    'orchestrator/store/stored-object.ts',
    'engine/containers.ts',
  ],
  server: ['swarm', 'orchestrator'],
  ingress: ['swarm', 'orchestrator/store'],
  gitops: ['swarm', 'stack', 'plan', 'rollout', 'engine/client.ts'],
  web: ['swarm', 'engine/client.ts'],
  host: [
    'swarm',
    'stack',
    'engine',
    'orchestrator',
    'gitops',
    'plan/secret-memory.ts',
    'release/release-store.ts',
  ],
  daemon: ['swarm', 'orchestrator', 'engine', 'runtimes', 'server', 'ingress', 'host'],
  cli: ['*'],
};

/** Libraries and `node:` modules an area (or one file of it) may use. */
const MAY_USE: Readonly<Record<string, readonly RegExp[]>> = {
  'base/hash.ts': [/^node:crypto$/],
  // The validator is generated from schemas/ by schemas/compile-schemas.mjs.
  stack: [/^#stack-file-validator$/],
  'engine/dockerode-client.ts': [/^node:/, /^dockerode$/],
  'engine/dockerode-transport.ts': [/^node:/],
  'engine/ssh-agent.ts': [/^node:(child_process|http|stream)$/],
  'release/pack-record.ts': [/^node:zlib$/],
  runtimes: [/^node:/],
  server: [/^node:(http|https|stream|net|tls|zlib)$/, /^fastify$/],
  // The socket's file: its mode, and a stale one of a daemon that was killed.
  'server/listen.ts': [/^node:fs\/promises$/],
  ingress: [/^node:(net|dgram|os)$/],
  web: [/^node:http$/],
  host: [/^node:/, /^lmdb$/],
  daemon: [/^node:/],
  'daemon/certificate-authority.ts': [/^@peculiar\/x509$/],
  'daemon/log.ts': [/^pino$/],
  cli: [/^node:/, /^commander$/, /^chalk$/, /^listr2$/, /^prom-client$/],
};

interface Import {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const pattern = /(?:from|import)\s*\(?\s*'([^'\s]+)'/g;
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    target: match[1] ?? '',
  }));
}

function problem(one: Import): string | undefined {
  const area = one.file.split('/')[0] ?? '';
  if (!one.target.startsWith('.')) {
    const allowed = [...(MAY_USE[area] ?? []), ...(MAY_USE[one.file] ?? [])];
    if (allowed.some((pattern) => pattern.test(one.target))) return undefined;
    return `${one.file}:${one.line} ${area} must not use ${one.target}`;
  }
  const target = relative(SRC, resolve(SRC, dirname(one.file), one.target));
  const targetArea = target.split('/')[0] ?? '';
  const row = MAY_IMPORT[area];
  if (!row) return `${one.file}:${one.line} area ${area} has no row in the layer table`;
  if (target.startsWith('..') || targetArea === area || targetArea === 'base') return undefined;
  const fits = row.some((entry) => entry === '*' || entry === target || isInside(target, entry));
  return fits ? undefined : `${one.file}:${one.line} ${area} must not import ${target}`;
}

function isInside(target: string, entry: string): boolean {
  return !entry.endsWith('.ts') && target.startsWith(`${entry}/`);
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && file.includes('/') && !file.includes('generated/'),
);

test('imports follow the layer table', () => {
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap(importsOf).map(problem).filter(Boolean)).toEqual([]);
});

test('every area has a README of at most 30 lines', () => {
  const areas = new Set(files.map((file) => file.split('/')[0] ?? ''));
  for (const area of areas) {
    const lines = readFileSync(join(SRC, area, 'README.md'), 'utf8')
      .trimEnd()
      .split('\n').length;
    expect(lines, area).toBeLessThanOrEqual(30);
  }
});
