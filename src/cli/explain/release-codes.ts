import { explanations, type Explanations } from './explanation.ts';

/** Codes of revisions, locks and rollbacks. */
export const RELEASE_CODES: Explanations = explanations({
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
