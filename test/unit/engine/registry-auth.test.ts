import { describe, expect, test } from 'vitest';
import { readDockerConfig, type DockerConfig } from '../../../src/engine/docker-config.ts';
import {
  createRegistryAuth,
  encodeRegistryAuth,
  findCredentials,
  registryKey,
  type ProgramResult,
} from '../../../src/engine/registry-auth.ts';

function config(json: object): DockerConfig {
  return readDockerConfig({
    env: {},
    homeDir: '/h',
    readFile: () => ({ kind: 'data', bytes: new TextEncoder().encode(JSON.stringify(json)) }),
  });
}

function decode(header: string | undefined): unknown {
  return JSON.parse(Buffer.from(header ?? '', 'base64url').toString('utf8'));
}

function headerOf(
  image: string,
  json: object,
  answer: Partial<ProgramResult> = {},
): Promise<string | undefined> {
  const runProgram = (): Promise<ProgramResult> =>
    Promise.resolve({ code: 0, stdout: '', stderr: '', ...answer });
  return createRegistryAuth(config(json), undefined, { runProgram })(image);
}

const auth = Buffer.from('bob:s:cret').toString('base64');

test.each([
  ['nginx', 'https://index.docker.io/v1/'],
  ['docker.io/library/nginx:1', 'https://index.docker.io/v1/'],
  ['team/app', 'https://index.docker.io/v1/'],
  ['registry.example.com:5000/a/b@sha256:' + 'a'.repeat(64), 'registry.example.com:5000'],
  ['localhost/x', 'localhost'],
])('the registry of %s is %s', (image, key) => {
  expect(registryKey(image)).toBe(key);
});

describe('where credentials come from', () => {
  const json = {
    auths: { 'https://r.example/v1/': { auth }, other: { auth } },
    credHelpers: { special: 'sp' },
  };

  test('DOCKER_AUTH_CONFIG, then credHelpers, then credsStore, then auths', () => {
    const env = JSON.stringify({ auths: { special: { auth } } });
    expect(findCredentials('special', config(json), env)).toMatchObject({ kind: 'entry' });
    expect(findCredentials('special', config(json), '')).toEqual({
      kind: 'helper',
      program: 'docker-credential-sp',
      server: 'special',
    });
    const stored = config({ ...json, credsStore: 'all' });
    expect(findCredentials('other', stored, undefined)).toMatchObject({
      program: 'docker-credential-all',
    });
    expect(findCredentials('other', config(json), undefined)).toMatchObject({
      serveraddress: 'other',
    });
  });

  test('a key is found by its host, whatever scheme and path it was written with', () => {
    expect(findCredentials('r.example', config(json), undefined)).toMatchObject({
      kind: 'entry',
      serveraddress: 'https://r.example/v1/',
    });
    expect(findCredentials('nobody', config(json), undefined)).toEqual({ kind: 'none' });
    expect(findCredentials('constructor', config({ auths: {} }), undefined)).toEqual({
      kind: 'none',
    });
  });

  test('a broken DOCKER_AUTH_CONFIG is refused without showing it', () => {
    expect(() => findCredentials('x', config({}), '{"auths": {"x": hunter2')).toThrow(
      /^DOCKER_AUTH_CONFIG is not a JSON object$/,
    );
  });
});

describe('the header', () => {
  test('of none is an empty object', () => {
    expect(decode(encodeRegistryAuth('x', undefined))).toEqual({});
  });

  test('takes auth apart at the first colon, and leaves empty members out', async () => {
    expect(decode(await headerOf('nobody.io/z', { auths: {} }))).toEqual({});
    expect(decode(await headerOf('r.io/x', { auths: { 'r.io': { auth } } }))).toEqual({
      username: 'bob',
      password: 's:cret',
      serveraddress: 'r.io',
    });
  });

  test('is URL-safe base64 with its padding', () => {
    const header = encodeRegistryAuth('h', { username: '???>>>', password: 'x' });
    expect(header).toMatch(/^[A-Za-z0-9_-]+=*$/);
    expect(header.length % 4).toBe(0);
  });

  test('of a helper holds its secret, or its token', async () => {
    const json = { credsStore: 'x' };
    const stdout = (Username: string): string =>
      JSON.stringify({ ServerURL: 'r.io', Username, Secret: 's' });
    expect(decode(await headerOf('r.io/x', json, { stdout: stdout('bob') }))).toEqual({
      username: 'bob',
      password: 's',
      serveraddress: 'r.io',
    });
    expect(decode(await headerOf('r.io/x', json, { stdout: stdout('<token>') }))).toEqual({
      identitytoken: 's',
      serveraddress: 'r.io',
    });
  });

  test('of a helper that knows nothing is empty; a missing or failing helper ends the command', async () => {
    const json = { credsStore: 'x' };
    const unknown = { code: 1, stdout: 'credentials not found in native keychain\n' };
    expect(decode(await headerOf('r.io/x', json, unknown))).toEqual({});
    const missing = { code: undefined, startError: 'executable file not found in $PATH' };
    await expect(headerOf('r.io/x', json, missing)).rejects.toThrow(
      'error getting credentials - err: exec: "docker-credential-x": executable file not found in $PATH, out: ``',
    );
    await expect(headerOf('r.io/x', json, { code: 1, stdout: 'locked' })).rejects.toThrow(
      'error getting credentials - err: exit status 1, out: `locked`',
    );
    await expect(headerOf('r.io/x', json, { stdout: 'no json' })).rejects.toThrow(
      'did not answer with JSON',
    );
  });

  test('asks each registry once', async () => {
    let runs = 0;
    const runProgram = (): Promise<ProgramResult> => {
      runs += 1;
      return Promise.resolve({ code: 0, stdout: '{"Username":"a","Secret":"b"}', stderr: '' });
    };
    const ask = createRegistryAuth(config({ credsStore: 'x' }), undefined, { runProgram });
    const headers = await Promise.all([
      ask('r.io/a'),
      ask('r.io/b:2'),
      ask('nginx'),
      ask('busybox'),
    ]);
    expect(runs).toBe(2);
    expect(headers[0]).toBe(headers[1]);
  });
});
