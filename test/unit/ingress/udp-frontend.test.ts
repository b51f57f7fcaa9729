import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { BALANCERS } from '../../../src/ingress/balancers/index.ts';
import { EndpointPool } from '../../../src/ingress/endpoint-pool.ts';
import type { Frontend } from '../../../src/ingress/endpoints.ts';
import { listenUdp } from '../../../src/ingress/udp-frontend.ts';
import { systemClock } from '../../../src/host/system-clock.ts';
import type { ServiceId, TaskId } from '../../../src/swarm/object.ts';

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('datagrams reach a task and its answers come back', async () => {
  const task = await bound();
  task.on('message', (data, from) => task.send(`re: ${data.toString()}`, from.port, from.address));
  // A port that was free a moment ago.
  const probe = await bound();
  const { port } = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  const pool = new EndpointPool({
    clock: systemClock,
    balancer: BALANCERS[0],
    findAddresses: () => [{ host: '127.0.0.1', port: task.address().port }],
  });
  const frontend: Frontend = {
    kind: 'ingress',
    service: 'web' as ServiceId,
    protocol: 'udp',
    port,
    endpoints: [{ task: 'web1' as TaskId, targetPort: 53 }],
  };
  const listener = listenUdp('127.0.0.1', port, () => frontend, { pool, clock: systemClock });
  await listener.listening;
  const client = await bound();
  client.send('hello', port, '127.0.0.1');
  const [answer] = (await once(client, 'message')) as [Buffer];
  expect(answer.toString()).toBe('re: hello');
  listener.close('at once');
  for (const one of [task, client]) one.close();
});
