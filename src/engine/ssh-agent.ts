import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
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
  const create = (): Duplex => new SshConnection(sshArguments(endpoint));
  return Object.assign(agent, { createConnection: create });
}

/** The methods of net.Socket that Node's HTTP client calls on a connection, beside a stream's. */
const SOCKET_DUTIES = ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'] as const;

/** The standard streams of an ssh process as one connection. */
class SshConnection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #command: string;
  #stderr = '';

  constructor(args: readonly string[]) {
    super();
    for (const duty of SOCKET_DUTIES) Object.assign(this, { [duty]: () => this });
    this.#command = `ssh ${args.join(' ')}`;
    this.#child = spawn('ssh', [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) stdout.pause();
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-4096);
    });
    // A process that has ended says why in its exit code and on stderr; the broken pipe says less.
    stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#fail(`could not be started (${error.message})`));
    // Not at the end of its output: a failed login would look like an engine that hung up.
    this.#child.on('close', (code, signal) => {
      if (code === 0) this.push(null);
      else if (!this.destroyed)
        this.#fail(
          code === null ? `was ended by ${signal}` : `has exited with exit status ${code}`,
        );
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#child.stdin.write(bytes, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  #fail(reason: string): void {
    const text = `command [${this.#command}] ${reason}, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=${this.#stderr.trim()}`;
    this.destroy(Object.assign(new Error(text), { code: 'ssh' }));
  }
}
