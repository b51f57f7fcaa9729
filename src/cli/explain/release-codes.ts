import { explanations, type Explanations } from './explanation.ts';

/** Codes of revisions, locks and rollbacks. */
export const RELEASE_CODES: Explanations = explanations({
  'stack-not-found': [
    'No service of the cluster belongs to a stack of that name.',
    'tstack adopt shpo',
    'Choose one that tstack ls lists; a service belongs to the stack its label com.docker.stack.namespace names.',
  ],
  'adopt-unreadable': [
    'What the cluster holds is nothing a stack file may say, not even in the words of the Engine API.',
    'a service that another client created with values the engine would now refuse',
    'Change or remove the service in question, then adopt the stack again.',
  ],
  'adopt-file-exists': [
    'A file that adopt would write is there already, with other content.',
    'tstack adopt --out compose.yml shop, twice',
    'Move it away, or choose another name with --out or --configs.',
  ],
  'adopt-not-written': [
    'A file could not be written.',
    '--out in a directory that is not there',
    'Make the directory, or choose another one.',
  ],
  'adopt-name-outside': [
    'The names of services of a stack file begin with the name of the stack.',
    'docker service create --name web --label com.docker.stack.namespace=shop',
    'Leave it as it is, or remove it and let the file create it as shop_web.',
  ],
  'adopt-not-a-container': [
    'A stack file only says services whose tasks are containers.',
    'a service that installs a plugin',
    'Keep it as it is; --prune would remove it.',
  ],
  'adopt-not-said': [
    'The written file does not say everything that the cluster holds.',
    'fields that a newer engine knows',
    'Look at tstack plan before you deploy the file.',
  ],
  'adopt-engine-words': [
    'No key of a stack file says some fields of the service; they stand under x-tstack.spec.',
    'a service without networks, or without the labels of docker stack',
    'Nothing has to be done. Without x-tstack.spec a deploy gives the service what files mean by saying nothing, and plan shows it.',
  ],
  'adopt-unused': [
    'An object of the stack is used by none of its services, so the file does not need it.',
    'an earlier version of a secret',
    'Remove it when nothing else needs it.',
  ],
  'adopt-secret': [
    'An engine never returns the content of a secret.',
    'secrets: {token: {external: true}}',
    'To let the file have it, replace external with file: or environment: and a name: of its own.',
  ],
  'adopt-conditions': [
    'A label keeps the names of services that a service depends on, and nothing else is kept.',
    'depends_on: {db: {condition: service_healthy}}',
    'Write the conditions again.',
  ],
  'adopt-job': [
    'A job runs at every deploy, so its plan is never empty.',
    'deploy: {mode: replicated-job}',
    'Nothing has to be done.',
  ],
  'stack-locked': [
    'Another command works on the stack.',
    'two pipelines that deploy the same stack',
    'Wait for it; if its machine is gone, tstack unlock STACK.',
  ],
  'no-revision': [
    'There is no revision to go back to.',
    'the first deploy of a stack',
    'Use tstack rollback --previous STACK, or deploy earlier files.',
  ],
  'revision-not-found': [
    'The revision was never kept, or has been removed since.',
    'tstack rollback shop 3 when 4 to 13 are kept',
    'Choose one that tstack history lists; --keep says how many are kept.',
  ],
  'invalid-revision': [
    'The text is not the number of a revision.',
    'tstack rollback shop latest',
    'Write a number from tstack history.',
  ],
  'no-history': [
    'History is switched off.',
    '--history off',
    'Keep it on this machine or in the cluster (--history local, --history cluster).',
  ],
  'no-previous-spec': [
    'The cluster remembers no earlier spec of the services.',
    'services that were never updated',
    'Deploy the files that were deployed before.',
  ],
  'partly-rolled-back': [
    'Some services were rolled back and others refused.',
    'a service that somebody changed meanwhile',
    'Look at the stack before another try: rolling back twice undoes the first.',
  ],
  'secret-content-gone': [
    'A revision needs a secret that is no longer in the cluster; its content is kept nowhere.',
    'docker secret rm after a rotation',
    'Deploy the files again: they have the content.',
  ],
  'secret-content-changed': [
    'A secret has other content than the cluster holds, and an engine changes nothing but its labels.',
    'the file of a secret was edited',
    'Let it become a new object (--rotate, or x-tstack: {rotate: true}), or give it a new name.',
  ],
  'config-content-changed': [
    'A config has other content than the cluster holds, and an engine changes nothing but its labels.',
    'the file of a config was edited',
    'Let it become a new object (--rotate, or x-tstack: {rotate: true}), or give it a new name.',
  ],
  'job-left-alone': [
    'A rollback does not run jobs, so their services stay as they are.',
    'a migration as a replicated job',
    'Run what undoes it by hand, or deploy the revision (tstack deploy --revision N).',
  ],
  'interrupted-release': [
    'An earlier command was killed or interrupted half-way, and its journal was found.',
    'Ctrl-C during tstack deploy',
    'Nothing needs doing: this command goes on from what it left.',
  ],
  restoring: [
    'A deploy with --atomic failed, and everything is put back.',
    'an image that does not start',
    'Correct what the messages name, and deploy again.',
  ],
  'history-not-written': [
    'What was deployed could not be written down.',
    'a state directory that is read-only',
    'Make the directory writable, or keep history in the cluster.',
  ],
  'history-unusable': [
    'The files of this machine that hold revisions cannot be read or written.',
    'a state directory of another user',
    'Set XDG_STATE_HOME, or use --history cluster or --history off.',
  ],
  'version-not-removed': [
    'An old version of a secret or config could not be removed.',
    'another stack uses it',
    'Nothing needs doing; the next deploy tries again.',
  ],
});
