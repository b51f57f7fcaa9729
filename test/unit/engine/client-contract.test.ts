import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EngineClient } from '../../../src/engine/client.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { serveFakeEngine } from '../../support/fake-engine-server.ts';
import { connectTo } from '../../support/connect-to.ts';
import { describeEngineClient } from './client-contract.ts';

describeEngineClient({
  name: 'in memory',
  open: () =>
    Promise.resolve({ client: new FakeEngine().client, close: () => undefined, image: 'web:1' }),
});

describeEngineClient({
  name: 'dockerode over HTTP',
  open: async () => {
    const dir = mkdtempSync(join(tmpdir(), 'engine-'));
    const socket = join(dir, 'e.sock');
    const server = await serveFakeEngine(socket, new FakeEngine().client);
    const client = await connectTo(`unix://${socket}`);
    const close = async (): Promise<void> => {
      await server.close();
      rmSync(dir, { recursive: true });
    };
    return { client, close, image: 'web:1' };
  },
});

const imitation = resolve(import.meta.dirname, '../../../../shared/tools/fake-engine.mjs');

interface Imitation {
  readonly FakeEngine: new (options: object) => {
    listen: (path: string) => Promise<unknown>;
    close: () => Promise<unknown>;
  };
}

if (existsSync(imitation)) {
  describeEngineClient({
    name: 'dockerode against the imitation engine of the conformance tools',
    open: async () => {
      const { FakeEngine: Engine } = (await import(pathToFileURL(imitation).href)) as Imitation;
      const dir = mkdtempSync(join(tmpdir(), 'engine-'));
      const engine = new Engine({});
      const socket = join(dir, 'i.sock');
      await engine.listen(socket);
      const client: EngineClient = await connectTo(`unix://${socket}`);
      const close = async (): Promise<void> => {
        await engine.close();
        rmSync(dir, { recursive: true });
      };
      return { client, close, image: 'web:1' };
    },
  });
}
