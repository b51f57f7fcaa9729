/** Which stack an object belongs to. @source docker/cli cli/compose/convert/compose.go LabelNamespace */
export const LABEL_NAMESPACE = 'com.docker.stack.namespace';

/** The image as the stack file wrote it. @source docker/cli cli/compose/convert/service.go LabelImage */
export const LABEL_IMAGE = 'com.docker.stack.image';

/** Real name of a stack's object: `<stack>_<name>`. */
export function scopeName(stack: string, name: string): string {
  return `${stack}_${name}`;
}

/** The name inside its stack; unchanged when it does not carry the stack's prefix. */
export function descopeName(stack: string, name: string): string {
  return name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name;
}
