import type { PlanPin } from './plan-pin.ts';

/** When to ask a registry for the digest of an image. */
export type ResolveImage = 'always' | 'changed' | 'never';

/** What the user asked for beside the file. */
export interface PlanOptions {
  /** Remove services of the stack that the file does not declare. */
  readonly prune: boolean;
  readonly resolveImage: ResolveImage;
  /** Do what the docker command does where it is known to be wrong (`--compat docker`). */
  readonly compatDocker: boolean;
  /** Other content of a secret or config becomes another object, whatever the files say. */
  readonly rotates?: boolean;
  /** Images are what the spec says, to the digest: it was resolved before. Default no. */
  readonly keepsImages?: boolean;
  /** Foretell where new tasks go, and how rollouts go; default no. */
  readonly predicts?: boolean;
  /** Look at nodes and tasks: what restarts, and what cannot work; default no. */
  readonly assesses?: boolean;
  /** Networks that differ from the file are left as they are, with a warning; default no. */
  readonly toleratesDrift?: boolean;
  /** Go on where only caution says no (`--force`); default no. */
  readonly forces?: boolean;
  /** The plan that is to be carried out, and no other; its registry answers hold. */
  readonly pin?: PlanPin;
}
