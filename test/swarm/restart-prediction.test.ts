import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import type { PlanDocument } from '../../src/plan/plan-document.ts';
import { connectTo } from '../support/connect-to.ts';
import { runTstack } from '../support/run-tstack.ts';

const offer = inject('swarmLab');

type Part = Readonly<Record<string, unknown>>;

/** One service per field: what it says before, and after. */
const FIELDS: Readonly<Record<string, readonly [before: Part, after: Part]>> = {
  environment: [{ environment: { A: '1' } }, { environment: { A: '2' } }],
  labels: [{ labels: { a: '1' } }, { labels: { a: '2' } }],
  'service-labels': [{ deploy: { labels: { a: '1' } } }, { deploy: { labels: { a: '2' } } }],
  replicas: [{ deploy: { replicas: 1 } }, { deploy: { replicas: 2 } }],
  command: [{}, { command: ['sleep', '3601'] }],
  hostname: [{}, { hostname: 'other' }],
  'stop-grace-period': [{}, { stop_grace_period: '2s' }],
  'extra-hosts': [{}, { extra_hosts: ['db:10.1.1.1'] }],
  tmpfs: [{}, { tmpfs: ['/scratch'] }],
  logging: [{}, { logging: { driver: 'json-file', options: { 'max-file': '2' } } }],
  config: [{ configs: ['settings'] }, { configs: ['settings'] }],
  limits: [{}, { deploy: { resources: { limits: { pids: 50 } } } }],
  'restart-policy': [{}, { deploy: { restart_policy: { delay: '3s' } } }],
  'update-config': [{}, { deploy: { update_config: { parallelism: 2, monitor: '1s' } } }],
  'rollback-config': [{}, { deploy: { rollback_config: { parallelism: 2 } } }],
  'endpoint-mode': [{}, { deploy: { endpoint_mode: 'dnsrr' } }],
  preferences: [{}, { deploy: { placement: { preferences: [{ spread: 'node.labels.zone' }] } } }],
  'constraint-met': [{}, { deploy: { placement: { constraints: ['node.role!=drone'] } } }],
  'constraint-violated': [
    { deploy: { replicas: 3 } },
    { deploy: { replicas: 3, placement: { constraints: ['node.role==worker'] } } },
  ],
  unchanged: [{}, {}],
};

function stackOf(image: string, at: 0 | 1): string {
  const services = Object.entries(FIELDS).map(([name, parts]) => {
    const { deploy = {}, ...part } = parts[at] as { readonly deploy?: Part };
    const quick = { update_config: { parallelism: 0, monitor: '1s' } };
    const base = { image, command: ['sleep', '3600'], stop_grace_period: '1s' };
    return [name, { ...base, ...part, deploy: { ...quick, ...deploy } }];
  });
  return JSON.stringify({
    services: Object.fromEntries(services) as object,
    networks: { default: { external: true, name: 'host' } },
    configs: { settings: { file: './settings.txt' } },
  });
}

describe.skipIf(offer.kind === 'none')('restarts foretold and seen on a real Swarm', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  const socket = lab.nodes[0]?.socket ?? '';

  test('are the same, field by field', { timeout: 300_000 }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'restart-prediction-'));
    const client = await connectTo(`unix://${socket}`);
    const env = {
      DOCKER_HOST: `unix://${socket}`,
      TSTACK_RESOLVE_IMAGE: 'never',
      // The file is in docker's format, where other content is refused unless asked for.
      TSTACK_ROTATE: '1',
      HOME: dir,
    };
    const tstack = (...args: readonly string[]) => runTstack(args, { env, cwd: dir });
    const write = (at: 0 | 1): void => {
      writeFileSync(join(dir, 'stack.yml'), stackOf(lab.image, at));
      writeFileSync(join(dir, 'settings.txt'), `content ${at}\n`);
    };
    /** `ledger_web.1` to the id of the task that runs there. */
    const runningTasks = async (): Promise<ReadonlyMap<string, string>> => {
      const services = new Map((await client.services.list({})).map((one) => [one.ID, one]));
      const tasks = await client.tasks.list({ filters: { 'desired-state': ['running'] } });
      return new Map(
        tasks
          .filter(({ Status }) => Status.State === 'running')
          .map(({ ID, ServiceID, Slot }) => [
            `${services.get(ServiceID)?.Spec.Name}.${Slot}`,
            ID as string,
          ]),
      );
    };
    try {
      write(0);
      const first = await tstack('deploy', '-c', 'stack.yml', 'ledger');
      expect(first.code, `${first.stdout}\n${first.stderr}`).toBe(0);
      const before = await runningTasks();
      write(1);
      const planned = await tstack('plan', '-c', 'stack.yml', '--format', 'json', 'ledger');
      expect(planned.code, planned.stderr).toBe(0);
      const { operations } = JSON.parse(planned.stdout) as PlanDocument;
      const foretold = operations.flatMap(({ name, effect }) =>
        (effect?.tasks?.restarts ?? []).map((slot) => `${name}.${slot}`),
      );
      const second = await tstack('deploy', '-c', 'stack.yml', 'ledger');
      expect(second.code, `${second.stdout}\n${second.stderr}`).toBe(0);
      const after = await runningTasks();
      const seen = [...before].filter(([slot, id]) => after.get(slot) !== id);
      expect(foretold.sort()).toEqual(seen.map(([slot]) => slot).sort());
      expect(foretold.length).toBeGreaterThan(8);
    } finally {
      await tstack('rm', 'ledger');
      client.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
