// A manager far away: forwards a unix socket and delays every byte by the same time each way.
import { connect, createServer } from 'node:net';

/** Listens on `listen`, forwards to `target`; half of `roundTripMs` each way. */
export async function startLatencyProxy({ listen, target, roundTripMs }) {
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: target, allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    forward(near, far, roundTripMs / 2);
    forward(far, near, roundTripMs / 2);
  });
  await new Promise((resolve) => server.listen(listen, resolve));
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(from, to, delayMs) {
  from.on('data', (data) => setTimeout(() => to.writable && to.write(data), delayMs));
  from.on('end', () => setTimeout(() => to.end(), delayMs));
}
