import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand, defineGroup } from '../define-command.ts';
import { CLUSTER_ARGUMENT } from '../embedded/cluster-options.ts';

const show = defineCommand({
  name: 'show',
  summary: "Print the root certificate of an embedded cluster's own CA (PEM)",
  arguments: { name: CLUSTER_ARGUMENT },
  options: {},
  examples: [{ command: 'tstack cluster ca show > ca.pem', text: 'For --tlscacert' }],
  async run({ name = 'default' }, context) {
    const { readAuthority } = await import('../embedded/certificates.ts');
    context.stdout.write(await readAuthority(name, context));
    return EXIT_CODE.ok;
  },
});

const issue = defineCommand({
  name: 'issue',
  summary: 'Write ca.pem, cert.pem and key.pem for a client of --listen into a new directory',
  description:
    'Whoever has the key may do everything with the cluster. Use it as DOCKER_CERT_PATH.',
  arguments: { directory: { placeholder: 'DIRECTORY', count: 'one', complete: 'file' } },
  options: {
    cluster: { kind: 'string', placeholder: 'NAME', default: 'default', help: 'Embedded cluster' },
    client: { kind: 'string', placeholder: 'NAME', default: 'client', help: 'Name of the client' },
    days: { kind: 'count', placeholder: 'N', default: 90, help: 'How long it is good for' },
  },
  examples: [{ command: 'tstack cluster ca issue --client ci ./ci-certs', text: 'For a pipeline' }],
  async run({ directory, cluster, client, days }, context) {
    const { issueCertificates } = await import('../embedded/certificates.ts');
    const expires = await issueCertificates({ directory, cluster, client, days }, context);
    context.stdout.write(
      `Wrote ca.pem, cert.pem and key.pem to ${directory}; good until ${expires}\n`,
    );
    return EXIT_CODE.ok;
  },
});

const rotate = defineCommand({
  name: 'rotate',
  summary: 'Make a new CA; every certificate that was issued before is void at once',
  arguments: { name: CLUSTER_ARGUMENT },
  options: {},
  examples: [{ command: 'tstack cluster ca rotate', text: 'When a key was lost' }],
  async run({ name = 'default' }, context) {
    const { rotateAuthority } = await import('../embedded/certificates.ts');
    await rotateAuthority(name, context);
    context.stdout.write(`The embedded cluster '${name}' has a new CA.\n`);
    return EXIT_CODE.ok;
  },
});

const summary = "The embedded cluster's own certificates, for clients on other machines";
export const clusterCa = defineGroup({ name: 'ca', summary, commands: [show, issue, rotate] });
