import { expect, test } from 'vitest';
import { StackFileError } from '../../../src/base/errors.ts';
import type { Compat } from '../../../src/stack/read-stack.ts';
import { convertLoadedStack } from '../../../src/stack/pipeline.ts';
import { loadText } from '../../support/load-fixture.ts';

/** `line code: message` of everything wrong with a file, its conversion included. */
function problemsOf(text: string | readonly string[], compat: Compat = 'none'): readonly string[] {
  try {
    const loaded = loadText(text, {
      compat,
      files: { '/project/f': 'data', '/project/empty': '' },
    });
    const { diagnostics } = convertLoadedStack(loaded, 'st');
    return [...loaded.diagnostics, ...diagnostics].map(shown).sort();
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    return error.diagnostics.map(shown);
  }
}

function shown({
  code,
  message,
  span,
}: {
  readonly code: string;
  readonly message: string;
  readonly span?: { readonly start: { readonly line: number } } | undefined;
}): string {
  return `${span?.start.line} ${code}: ${message}`;
}

/** One service `s` with the given lines. */
const service = (...lines: string[]): string =>
  ['services:', '  s:', '    image: app', ...lines.map((line) => `    ${line}`)].join('\n');

test('finds all that docker would find one at a time, and late', () => {
  const text = service(
    'networks: [nope]',
    'volumes: ["gone:/d"]',
    'secrets: [none]',
    'configs: [none]',
    'deploy: {mode: global, replicas: 2, resources: {limits: {cpus: half}}}',
  );
  expect(problemsOf(text)).toEqual([
    '4 undefined-network: service s: undefined network "nope"',
    '5 undefined-volume: service s: undefined volume "gone"',
    '6 undefined-secret: service s: undefined secret "none"',
    '7 undefined-config: service s: undefined config "none"',
    '8 global-with-replicas: service s: replicas can only be used with replicated or replicated-job mode',
    '8 invalid-cpus: service s: failed to parse half as a rational number',
  ]);
});

test.each([
  [
    'image: Nginx',
    'invalid-image',
    'invalid reference format: repository name (library/Nginx) must be lowercase',
  ],
  ['image: ""', 'no-image', 'no image specified'],
])('refuses %s', (line, code, reason) => {
  expect(problemsOf(`services:\n  s:\n    ${line}\n`)).toEqual([
    `3 ${code}: invalid image reference for service s: ${reason}`,
  ]);
});

test.each([
  [
    'volumes: [{type: weird, target: /d}]',
    'unknown-volume-type',
    'volume type must be volume, bind, tmpfs, npipe, or cluster',
  ],
  [
    'volumes: [{type: tmpfs, source: x, target: /d}]',
    'tmpfs-with-source',
    'invalid tmpfs source, source must be empty',
  ],
  [
    'volumes: [{type: cluster, target: /d}]',
    'volume-without-source',
    'invalid cluster source, source cannot be empty',
  ],
  [
    'volumes: ["/a:/d:nocopy"]',
    'incompatible-volume-options',
    'volume options are incompatible with type bind',
  ],
  [
    'healthcheck: {test: x, disable: true}',
    'healthcheck-test-and-disable',
    "test and disable can't be set at the same time",
  ],
  [
    'credential_spec: {file: f, registry: r}',
    'several-credential-specs',
    'invalid credential spec: cannot specify both "File" and "Registry"',
  ],
  [
    'restart: "always:x"',
    'invalid-restart',
    'invalid restart policy format: maximum retry count must be an integer',
  ],
  [
    'restart: ":3"',
    'invalid-restart',
    'invalid restart policy format: no policy provided before colon',
  ],
  [
    'restart: "on-failure:-1"',
    'invalid-restart',
    'invalid restart policy: maximum retry count cannot be negative',
  ],
  ['deploy: {mode: Global}', 'unknown-mode', 'unknown mode: Global'],
  ['dns: [resolver]', 'invalid-dns-server', 'dns server "resolver" is not an IP address'],
])('refuses %s, as docker does at the last moment', (line, code, reason) => {
  expect(problemsOf(service(line))).toEqual([`4 ${code}: service s: ${reason}`]);
});

test.each([
  [
    'deploy: {placement: {constraints: [node.role]}}',
    'invalid-constraint',
    'constraint expected one operator from ==, != in constraint "node.role"',
  ],
  [
    'deploy: {mode: global-job, update_config: {}}',
    'job-with-update-config',
    'Jobs may not have an update config',
  ],
  [
    'deploy: {resources: {limits: {memory: 1M}}}',
    'resources-too-small',
    'invalid memory value 1048576: Must be at least 4MiB',
  ],
  [
    'deploy: {resources: {reservations: {cpus: "0.0001"}}}',
    'resources-too-small',
    'invalid cpu value 0.0001: Must be at least 0.001',
  ],
  [
    'deploy: {update_config: {failure_action: explode}}',
    'unknown-word',
    'unrecognized update failure action explode',
  ],
  [
    'deploy: {restart_policy: {condition: sometimes}}',
    'unknown-word',
    'invalid RestartCondition: "sometimes"',
  ],
  [
    'deploy: {update_config: {max_failure_ratio: 2}}',
    'invalid-failure-ratio',
    'update-maxfailureratio cannot be less than 0 or bigger than 1',
  ],
  [
    'healthcheck: {interval: 1us}',
    'healthcheck-time-too-short',
    'Interval in HealthConfig cannot be less than 1ms',
  ],
  ['volumes: [/d, /d]', 'duplicate-mount-target', 'duplicate mount point: /d'],
  [
    'ports: ["80:80", "80:81"]',
    'duplicate-published-port',
    'duplicate published ports provided: 80/tcp',
  ],
])('refuses %s, as every engine would, except for docker', (line, code, reason) => {
  expect(problemsOf(service(line))).toEqual([`4 ${code}: service st_s: ${reason}`]);
  expect(problemsOf(service(line), 'docker')).toEqual([]);
});

test('refuses ingress ports with dnsrr', () => {
  const text = service('ports: ["80:80"]', 'deploy: {endpoint_mode: dnsrr}');
  expect(problemsOf(text)).toEqual([
    "5 dnsrr-with-ingress-port: service st_s: port published with ingress mode can't be used with dnsrr mode",
  ]);
});

test('reads secret and config files before anything is written', () => {
  const text = `${service()}\nsecrets:\n  a: {file: ./gone}\n  b: {file: ./empty}\n  c: {file: ./f}\n`;
  expect(problemsOf(text)).toEqual([
    '5 object-file-unreadable: open /project/gone: no such file or directory',
    '6 object-data-size: secret st_b: secret data must be larger than 0 and less than 512000 bytes',
  ]);
});

test('says where docker drops something without a word', () => {
  const text = service(
    'tmpfs: /run',
    'restart: "no"',
    'depends_on: [other]',
    'volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1, mode: 0700}}]',
  );
  expect(problemsOf(text)).toEqual([
    '4 tmpfs-without-effect: service s: tmpfs has no effect in a stack: nothing is mounted on /run',
    '5 restart-no-without-effect: service s: restart: "no" has no effect on Swarm: ended tasks are replaced',
    '6 undefined-dependency: service s: depends_on names "other", which is no service of this stack',
    '7 key-without-effect: services.s.volumes.0.tmpfs.mode has no effect',
  ]);
  expect(problemsOf(text, 'docker')).toEqual([
    '5 restart-no-without-effect: service s: restart: "no" has no effect on Swarm: ended tasks are replaced',
  ]);
});

test('shows a problem of the merged stack in the file that caused it', () => {
  const error = ((): unknown => {
    try {
      return convertLoadedStack(
        loadText([service('deploy: {replicas: 2}'), 'services: {s: {deploy: {mode: global}}}']),
        'st',
      );
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toBeInstanceOf(StackFileError);
  expect((error as StackFileError).diagnostics[0]?.span?.file).toBe('stack.yml');
});

test('finds the place of a request in the file', () => {
  const { spec } = convertLoadedStack(loadText(service('user: "5"')), 'st');
  expect(spec.locate(['services', 's', 'user'])?.start).toEqual({ line: 4, column: 11 });
});
