import type { EndpointSpec } from '../../swarm/service.ts';
import { struct } from '../codec.ts';
import { textMap, type TextMap } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text, wholeNumber } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';
import type { YamlMap } from '../yaml-values.ts';
import { placementCodec, toPlacement, type PlacementModel } from './placement.ts';
import { convertResources, resourcesCodec, type ResourcesModel } from './resources.ts';
import { restartPolicyCodec, toRestartPolicy, type RestartPolicyModel } from './restart.ts';
import { toServiceMode } from './service-mode.ts';
import { toUpdateConfig, updateConfigCodec, type UpdateConfigModel } from './update-config.ts';

/** How a service runs on the cluster. @source spec/stack-file.md section 9 */
export interface DeployModel {
  readonly mode?: string;
  readonly replicas?: number;
  readonly labels?: TextMap;
  readonly update_config?: UpdateConfigModel;
  readonly rollback_config?: UpdateConfigModel;
  readonly resources?: ResourcesModel;
  readonly restart_policy?: RestartPolicyModel;
  readonly placement?: PlacementModel;
  readonly endpoint_mode?: string;
  readonly extensions?: YamlMap;
}

/** The `deploy` block; its parts live in their own files. @source spec/stack-file.md section 9 */
export const deploy: KeySpec<DeployModel> = defineKey({
  codec: struct<DeployModel>({
    mode: text,
    replicas: wholeNumber({ as: 'uint64', zero: 'kept' }),
    labels: textMap,
    update_config: updateConfigCodec,
    rollback_config: updateConfigCodec,
    resources: resourcesCodec,
    restart_policy: restartPolicyCodec,
    placement: placementCodec,
    endpoint_mode: text,
  }),
  support: 'supported',
  convert,
  convertAbsent: (scope) => {
    convert({}, scope);
  },
});

function convert(value: DeployModel, scope: ServiceScope): void {
  const { draft } = scope;
  draft.service.Mode = toServiceMode(value, scope);
  draft.serviceLabels = { ...draft.serviceLabels, ...value.labels };
  if (value.update_config) draft.service.UpdateConfig = toUpdateConfig(value.update_config);
  if (value.rollback_config) draft.service.RollbackConfig = toUpdateConfig(value.rollback_config);
  if (value.restart_policy) draft.task.RestartPolicy = toRestartPolicy(value.restart_policy);
  convertResources(value.resources, scope);
  draft.task.Placement = toPlacement(value.placement);
  const endpointMode = (value.endpoint_mode ?? '').toLowerCase();
  if (endpointMode !== '') {
    const Mode = endpointMode as NonNullable<EndpointSpec['Mode']>;
    draft.service.EndpointSpec = { ...draft.service.EndpointSpec, Mode };
  }
}
