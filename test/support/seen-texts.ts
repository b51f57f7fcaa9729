import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineClient } from '../../src/engine/client.ts';
import { unpackRecord } from '../../src/release/pack-record.ts';
import type { Running } from './run-tstack.ts';

/** What anybody sees of processes while a command runs, and what it prints. */
export async function textsOfProcesses({ child, ended }: Running): Promise<string[]> {
  const texts = new Set<string>();
  const state = { isOver: false };
  const over = ended.finally(() => (state.isOver = true));
  while (!state.isOver) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      texts.add(readProcess(pid, 'cmdline'));
      const parent = /^PPid:\s+(\d+)$/m.exec(readProcess(pid, 'status'))?.[1];
      if (pid === String(child.pid) || parent === String(child.pid)) {
        texts.add(readProcess(pid, 'environ'));
      }
    }
    await Promise.race([over, sleep(100)]);
  }
  const { stdout, stderr } = await over;
  return [...texts, stdout, stderr];
}

/** A process may end while it is looked at. */
function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Everything the cluster tells of services and configs; records of releases unpacked. */
export async function textsOfCluster(client: EngineClient): Promise<readonly string[]> {
  const [services, configs] = await Promise.all([
    client.services.list({}),
    client.configs.list({}),
  ]);
  const contents = configs.map(({ Spec }) => {
    const bytes = Buffer.from(Spec.Data ?? '', 'base64');
    return unpackRecord([Spec.Data ?? '']) ?? bytes.toString('utf8');
  });
  return [JSON.stringify(services), JSON.stringify(configs), ...contents];
}
