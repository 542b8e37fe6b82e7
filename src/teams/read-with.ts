import type { z } from 'zod'

/**
 * The value in the shape of the schema, or undefined. Never throws: length checks of zod also run on things that are
 * no texts, and `{"length":{"toString":{}}}` makes their comparison throw.
 */
export function readWith<S extends z.ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  try {
    const read = schema.safeParse(value)
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
