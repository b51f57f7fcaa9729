import type { Annotations, ConfigId, Driver, ObjectMeta } from './object.ts';

/** @source Engine API, ConfigSpec; Data is base64 and returned */
export interface ConfigSpec extends Annotations {
  readonly Data?: string;
  readonly Templating?: Driver;
}

/** @source Engine API, Config */
export interface Config extends ObjectMeta {
  readonly ID: ConfigId;
  readonly Spec: ConfigSpec;
}
