/**
 * The library: what the command line is made of, for other programs.
 *
 * The only file with a compatibility promise.
 */
export type { Diagnostic, Position, Severity, Span } from './base/diagnostic.ts';
export { StackFileError, UserError } from './base/errors.ts';
export type { LoadPorts } from './stack/load.ts';
export type { ServiceModel, StackModel } from './stack/model.ts';
export type { Notices } from './stack/notices.ts';
export {
  convertLoadedStack,
  loadStack,
  type ConvertedStack,
  type LoadedStack,
} from './stack/pipeline.ts';
export { printConfig } from './stack/print-config.ts';
export type { FileContent, ReadFile } from './stack/read-file.ts';
export type { Compat, ReadOptions } from './stack/read-stack.ts';
export type { ExternalReference, StackSpec } from './stack/stack-spec.ts';
