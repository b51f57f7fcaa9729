/** A template that cannot be parsed or executed; the message starts as Go's does: `template: :1: …`. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
