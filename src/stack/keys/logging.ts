import { struct, type Codec, type MergeContext } from '../codec.ts';
import { textMap, unite, type TextMap } from '../collections.ts';
import { given } from '../given.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text } from '../scalars.ts';

/** Where the output of the containers goes. */
export interface LoggingModel {
  readonly driver?: string;
  readonly options?: TextMap;
}

const fields = struct<LoggingModel>({ driver: text, options: textMap }, { keepEmpty: true });

const loggingCodec: Codec<LoggingModel> = { ...fields, merge: mergeLogging };

/** Options of one driver are united; another driver replaces everything. @source spec section 7 */
function mergeLogging(base: LoggingModel, over: LoggingModel, context: MergeContext): LoggingModel {
  const [before, after] = [given(base.driver), given(over.driver)];
  if (before !== undefined && after !== undefined && before !== after) return over;
  // Deviates: docker loses the later options when the earlier side has a driver and none; D-0060.
  const isLost = context.compat === 'docker' && before !== undefined && !base.options;
  const options = isLost ? {} : unite(base.options ?? {}, over.options ?? {});
  const driver = after ?? before;
  return { ...(driver !== undefined && { driver }), options };
}

/** Log driver of the containers. @source spec/stack-file.md 8.7 */
export const logging: KeySpec<LoggingModel> = defineKey({
  codec: loggingCodec,
  support: 'supported',
  convert: ({ driver = '', options = {} }, { draft }) => {
    const hasOptions = Object.keys(options).length > 0;
    draft.task.LogDriver = {
      ...(driver !== '' && { Name: driver }),
      ...(hasOptions && { Options: { ...options } }),
    };
  },
});
