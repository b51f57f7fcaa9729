/** What schemas/compile-schemas.mjs makes of schemas/stack-file.schema.json. */
declare module '#stack-file-validator' {
  interface SchemaError {
    readonly keyword: string;
    /** JSON pointers into the file and into the schema. */
    readonly instancePath: string;
    readonly schemaPath: string;
    readonly params: Readonly<Record<string, unknown>>;
    /** Set where the error is about a key's own text. */
    readonly propertyName?: string;
  }
  /** Checks a JSON tree; what is wrong is in `errors` until the next call. */
  export const validate: {
    (tree: unknown): boolean;
    readonly errors?: readonly SchemaError[] | null;
  };
  /** Keys of every mapping of a file, by where it stands: `services.*.ports.[]`. */
  export const knownKeys: Readonly<Record<string, readonly string[]>>;
}
