/** The flag `--format` of commands that print a listing. */
export const FORMAT_OPTION = {
  kind: 'string',
  placeholder: 'FORMAT',
  help: 'table, json, raw, a Go template such as {{.Name}}, or "table TEMPLATE"',
  complete: 'none',
} as const;
