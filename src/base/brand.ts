declare const brand: unique symbol;

/** A primitive that only its own constructor makes, so ids and units cannot be confused. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Deeply readonly view of plain JSON-like data. */
export type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** A JSON value as a parser gives it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
