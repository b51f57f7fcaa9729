import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import type { Endpoint } from './endpoint.ts';

type SshEndpoint = Extract<Endpoint, { readonly kind: 'ssh' }>;

/**
 * The ssh command of one connection; without a shell, `--` keeps host names from being options.
 * @source docker/cli cli/connhelper/connhelper.go, cli/connhelper/ssh/ssh.go
 */
export function sshArguments(endpoint: SshEndpoint): readonly string[] {
  const { user, port, host, socketPath } = endpoint;
  const login = user === undefined ? [] : ['-l', user];
  const toPort = port === undefined ? [] : ['-p', String(port)];
  const toSocket = socketPath === undefined ? [] : ['--host', `unix://${socketPath}`];
  const remote = ['docker', ...toSocket, 'system', 'dial-stdio'];
  return ['-o', 'ConnectTimeout=30', '-T', ...login, ...toPort, '--', host, ...remote];
}

/** An HTTP agent whose connections are `ssh … docker system dial-stdio` processes, kept and bounded. */
export function createSshAgent(endpoint: SshEndpoint, maxSockets: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const create = (): Duplex => openSsh(sshArguments(endpoint));
  return Object.assign(agent, { createConnection: create });
}

/** The part of net.Socket that node's HTTP client touches on a connection. */
const SOCKET_DUTIES = ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'] as const;

function openSsh(args: readonly string[]): Duplex {
  const child = spawn('ssh', [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-4096);
  });
  const pipe = Duplex.from({ readable: child.stdout, writable: child.stdin });
  for (const duty of SOCKET_DUTIES) Object.assign(pipe, { [duty]: () => pipe });
  const fail = (reason: string): void => {
    const command = `command [ssh ${args.join(' ')}] ${reason}, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=${stderr.trim()}`;
    pipe.destroy(Object.assign(new Error(command), { code: 'ssh' }));
  };
  child.on('error', (error) => fail(`could not be started (${error.message})`));
  child.on('close', (code, signal) => {
    if (!pipe.destroyed)
      fail(code === null ? `was ended by ${signal}` : `has exited with exit status ${code}`);
  });
  pipe.on('close', () => child.kill());
  return pipe;
}
