import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { resolveConnection, type ConnectionFlags } from '../../../src/engine/connection.ts';
import type { DockerHome } from '../../../src/engine/docker-config.ts';

const DIR = '/home/me/.docker';

function home(
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): DockerHome {
  return {
    env,
    homeDir: '/home/me',
    readFile: (path) =>
      files[path] === undefined
        ? { kind: 'error', code: 'ENOENT', message: `ENOENT: no such file, open '${path}'` }
        : { kind: 'data', bytes: new TextEncoder().encode(files[path]) },
  };
}

function contextFiles(
  name: string,
  docker: object,
  pems: readonly string[] = [],
): Record<string, string> {
  const folder = createHash('sha256').update(name).digest('hex');
  const meta = { Name: name, Metadata: { any: 'thing' }, Endpoints: { docker } };
  return {
    [`${DIR}/contexts/meta/${folder}/meta.json`]: JSON.stringify(meta),
    ...Object.fromEntries(
      pems.map((file) => [
        `${DIR}/contexts/tls/${folder}/docker/${file}.pem`,
        `${file} of ${name}`,
      ]),
    ),
  };
}

function refusal(flags: ConnectionFlags, from: DockerHome): UserError {
  try {
    resolveConnection(flags, from);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it resolved');
}

describe('which engine', () => {
  const files = {
    ...contextFiles('prod', { Host: 'tcp://prod:2376' }),
    ...contextFiles('lab', { Host: 'ssh://root@lab' }),
    [`${DIR}/config.json`]: '{"currentContext":"prod"}',
  };
  const DOCKER_HOST = 'tcp://env:1';

  test.each<[string, ConnectionFlags, Record<string, string>, readonly [string, string]]>([
    [
      '-H beats everything',
      { hosts: ['tcp://flag:1'] },
      { DOCKER_HOST, DOCKER_CONTEXT: 'lab' },
      ['tcp://flag:1', '-H'],
    ],
    [
      '--context beats DOCKER_HOST',
      { context: 'lab' },
      { DOCKER_HOST },
      ['ssh://root@lab', 'context "lab"'],
    ],
    [
      'DOCKER_HOST beats DOCKER_CONTEXT',
      {},
      { DOCKER_HOST, DOCKER_CONTEXT: 'lab' },
      ['tcp://env:1', 'DOCKER_HOST'],
    ],
    [
      'DOCKER_CONTEXT beats currentContext',
      {},
      { DOCKER_CONTEXT: 'lab' },
      ['ssh://root@lab', 'context "lab"'],
    ],
    [
      'currentContext beats the default',
      {},
      { DOCKER_HOST: '' },
      ['tcp://prod:2376', 'context "prod"'],
    ],
    [
      '--context default means the environment',
      { context: 'default' },
      {},
      ['unix:///var/run/docker.sock', 'default'],
    ],
    [
      '--context default honours DOCKER_HOST',
      { context: 'default' },
      { DOCKER_HOST },
      ['tcp://env:1', 'DOCKER_HOST'],
    ],
    [
      'a blank DOCKER_HOST is the default socket',
      {},
      { DOCKER_HOST: '  ' },
      ['unix:///var/run/docker.sock', 'DOCKER_HOST'],
    ],
  ])('%s', (_name, flags, env, [url, source]) => {
    expect(resolveConnection(flags, home(env, files))).toMatchObject({ url, source });
  });

  test('nothing set is the default socket', () => {
    expect(resolveConnection({}, home()).endpoint).toEqual({
      kind: 'unix',
      path: '/var/run/docker.sock',
    });
  });

  test('DOCKER_CONFIG moves the configuration', () => {
    const from = home(
      { DOCKER_CONFIG: '/etc/d' },
      { '/etc/d/config.json': '{"HttpHeaders":{"X-A":"b"}}' },
    );
    expect(resolveConnection({}, from)).toMatchObject({
      headers: { 'X-A': 'b' },
      config: { dir: '/etc/d' },
    });
  });

  test('DOCKER_API_VERSION is taken with or without v', () => {
    const version = (text: string): string | undefined =>
      resolveConnection({}, home({ DOCKER_API_VERSION: text })).apiVersion;
    expect([version('1.41'), version('v1.43'), version('')]).toEqual(['1.41', '1.43', undefined]);
  });
});

describe('hosts', () => {
  test.each<[string, object]>([
    ['unix:///run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
    ['unix://', { kind: 'unix', path: '/var/run/docker.sock' }],
    ['foo.example', { kind: 'tcp', host: 'foo.example', port: 2375, basePath: '' }],
    [':12', { kind: 'tcp', host: 'localhost', port: 12 }],
    ['tcp://', { kind: 'tcp', host: 'localhost', port: 2375 }],
    ['tcp://[::1]:9', { kind: 'tcp', host: '::1', port: 9 }],
    ['tcp://h:9/base/', { kind: 'tcp', host: 'h', port: 9, basePath: '/base' }],
    ['npipe:////./pipe/docker_engine', { kind: 'npipe', path: '//./pipe/docker_engine' }],
    [
      'ssh://me@h:2222/run/d.sock',
      { kind: 'ssh', user: 'me', host: 'h', port: 2222, socketPath: '/run/d.sock' },
    ],
    [
      'ssh://h',
      { kind: 'ssh', host: 'h', user: undefined, port: undefined, socketPath: undefined },
    ],
  ])('reads %s', (host, endpoint) => {
    expect(resolveConnection({ hosts: [host] }, home()).endpoint).toMatchObject(endpoint);
  });

  test.each([
    ['foo://x', 'invalid bind address format: foo://x'],
    ['fd://', 'invalid bind address format: fd://'],
    ['tcp://1.1.1.1:x', 'parse "tcp://1.1.1.1:x": invalid port ":x" after host'],
    ['tcp://h:70000', 'invalid bind address format: h:70000'],
    [
      'ssh://u:p@h',
      'ssh host connection is not valid: invalid SSH URL: plain-text password is not supported',
    ],
    [
      'ssh://u@h?x=1',
      'ssh host connection is not valid: invalid SSH URL: query parameters are not allowed: "x=1"',
    ],
    ['ssh://', 'ssh host connection is not valid: invalid SSH URL: hostname is empty'],
  ])('refuses %s in the words of the docker command', (host, message) => {
    const error = refusal({ hosts: [host] }, home());
    expect(error).toMatchObject({ message, exitCode: 9, code: 'invalid-host' });
    expect(error.hint).toBeDefined();
  });

  test('a password in a URL is never repeated', () => {
    const error = refusal({ hosts: ['ssh://u:hunter2@h'] }, home());
    expect(`${error.message}${error.hint}`).not.toContain('hunter2');
  });

  test('conflicting flags are a usage error', () => {
    const conflict = refusal({ hosts: ['a'], context: 'b' }, home());
    expect(conflict).toMatchObject({
      message: 'conflicting options: cannot specify both --host and --context',
      exitCode: 64,
    });
    expect(refusal({ hosts: ['a', 'b'] }, home()).message).toBe('specify only one -H');
  });
});

describe('contexts', () => {
  test('a missing one names its file', () => {
    const folder = createHash('sha256').update('nope').digest('hex');
    const error = refusal({ context: 'nope' }, home());
    expect(error.exitCode).toBe(9);
    expect(error.message).toBe(
      `unable to resolve docker endpoint: context "nope": context not found: open ${DIR}/contexts/meta/${folder}/meta.json: no such file or directory`,
    );
  });

  test('a broken one says where', () => {
    const files = contextFiles('bad', {});
    for (const path of Object.keys(files)) files[path] = '{x';
    expect(refusal({ context: 'bad' }, home({}, files)).message).toMatch(
      /context "bad": parsing .*meta\.json: /,
    );
  });

  test('one without a docker endpoint is refused', () => {
    const files = contextFiles('bad', {});
    for (const path of Object.keys(files)) files[path] = '{"Endpoints":{}}';
    expect(refusal({ context: 'bad' }, home({}, files)).message).toBe(
      'unable to resolve docker endpoint: cannot find docker endpoint in context',
    );
  });

  test('TLS material or SkipTLSVerify turns TLS on', () => {
    const tls = (docker: object, pems: readonly string[]): unknown => {
      const { endpoint } = resolveConnection(
        { context: 'c' },
        home({}, contextFiles('c', docker, pems)),
      );
      return endpoint.kind === 'tcp' ? endpoint.tls : endpoint.kind;
    };
    const Host = 'tcp://h:1';
    expect(tls({ Host }, [])).toBeUndefined();
    expect(tls({ Host, SkipTLSVerify: true }, [])).toMatchObject({ skipVerify: true });
    expect(tls({ Host }, ['ca'])).toEqual({
      ca: 'ca of c',
      cert: undefined,
      key: undefined,
      skipVerify: false,
    });
    expect(tls({ Host }, ['ca', 'cert', 'key'])).toMatchObject({
      cert: 'cert of c',
      key: 'key of c',
    });
    expect(tls({ Host: 'unix:///x' }, ['ca'])).toBe('unix');
  });
});

describe('TLS of flags and environment', () => {
  const pems = { '/certs/ca.pem': 'CA', '/certs/cert.pem': 'CERT', '/certs/key.pem': 'KEY' };
  const tls = (
    flags: ConnectionFlags,
    env: Record<string, string>,
    files: Record<string, string> = pems,
  ): unknown => {
    const { endpoint } = resolveConnection({ hosts: ['tcp://h:1'], ...flags }, home(env, files));
    return endpoint.kind === 'tcp' ? endpoint.tls : endpoint.kind;
  };

  test('is off without a word, and DOCKER_CERT_PATH alone is none', () => {
    expect(tls({}, {})).toBeUndefined();
    expect(tls({}, { DOCKER_CERT_PATH: '/certs' })).toBeUndefined();
  });

  test('any non-empty DOCKER_TLS_VERIFY verifies, DOCKER_TLS does not', () => {
    const all = { ca: 'CA', cert: 'CERT', key: 'KEY' };
    expect(tls({}, { DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: '/certs' })).toEqual({
      ...all,
      skipVerify: false,
    });
    expect(tls({}, { DOCKER_TLS: '1', DOCKER_CERT_PATH: '/certs' })).toEqual({
      ...all,
      skipVerify: true,
    });
    expect(tls({ tlsVerify: false }, { DOCKER_CERT_PATH: '/certs' })).toMatchObject({
      skipVerify: true,
    });
  });

  test('flags name the files; a named file must exist', () => {
    expect(tls({ tlsVerify: true, tlsCaCert: '/certs/ca.pem' }, {})).toEqual({
      ca: 'CA',
      cert: undefined,
      key: undefined,
      skipVerify: false,
    });
    expect(() => tls({ tls: true, tlsCert: '/nope' }, {})).toThrow(
      'open /nope: no such file or directory',
    );
  });

  test('verification without ca.pem is an error that names the file', () => {
    expect(() => tls({ tlsVerify: true }, {}, {})).toThrow(
      `unable to resolve docker endpoint: open ${DIR}/ca.pem: no such file or directory`,
    );
  });

  test('is ignored for sockets and ssh, and moves the default host to 2376', () => {
    const env = { DOCKER_TLS_VERIFY: '1' };
    expect(tls({ hosts: ['unix:///x'] }, env, {})).toBe('unix');
    expect(tls({ hosts: ['ssh://h'] }, env, {})).toBe('ssh');
    const { url } = resolveConnection({}, home({ ...env, DOCKER_CERT_PATH: '/certs' }, pems));
    expect(url).toBe('tcp://localhost:2376');
  });
});

describe('config.json', () => {
  test.each([
    ['', []],
    ['{bad', [/^Error parsing config file \(\/home\/me\/\.docker\/config\.json\): /]],
    ['[]', [/not a JSON object/]],
    ['{"HttpHeaders": 5, "auths": [], "credsStore": {}}', []],
  ])('%j gives defaults', (text, warnings) => {
    const { config } = resolveConnection({}, home({}, { [`${DIR}/config.json`]: text }));
    expect(config).toMatchObject({
      currentContext: '',
      httpHeaders: {},
      auths: {},
      credsStore: '',
    });
    expect(config.warnings).toHaveLength(warnings.length);
    for (const [index, pattern] of warnings.entries())
      expect(config.warnings[index]).toMatch(pattern);
  });
});
