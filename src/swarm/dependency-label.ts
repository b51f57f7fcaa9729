/**
 * Service label with the names (inside the stack, sorted, separated by commas) of the services that a
 * service depends on, so that a stack can be taken down in reverse order without its files.
 */
export const LABEL_DEPENDS_ON = 'io.tstack.depends-on';

/** The names a label holds; empty without one. */
export function parseDependsOn(
  labels: Readonly<Record<string, string>> | undefined,
): readonly string[] {
  const value = labels && Object.hasOwn(labels, LABEL_DEPENDS_ON) ? labels[LABEL_DEPENDS_ON] : '';
  return (value ?? '').split(',').filter((one) => one !== '');
}
