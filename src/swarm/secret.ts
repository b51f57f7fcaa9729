import type { Annotations, Driver, ObjectMeta, SecretId } from './object.ts';

/** @source Engine API, SecretSpec; Data is base64 and never returned */
export interface SecretSpec extends Annotations {
  readonly Data?: string;
  readonly Driver?: Driver;
  readonly Templating?: Driver;
}

/** @source Engine API, Secret */
export interface Secret extends ObjectMeta {
  readonly ID: SecretId;
  readonly Spec: SecretSpec;
}
