// The envelope of an activity: only the fields we use, each with a limit. Everything else is dropped on reading.
import { z } from 'zod'
import { readWith } from './read-with.ts'

/** The Connector writes absent fields as null at times. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .nullish()
    .transform((value) => value ?? undefined)

const idOnly = z
  .object({ id: text(512) })
  .nullish()
  .transform((value) => value ?? undefined)

const account = z.object({ id: z.string().min(1).max(256), name: text(512), aadObjectId: text(64) })

const accounts = z
  .array(account)
  .max(2000)
  .nullish()
  .transform((value) => value ?? [])

export const activitySchema = z.object({
  type: z.string().min(1).max(64),
  id: text(256),
  name: text(256),
  action: text(64),
  channelId: z.string().min(1).max(64),
  serviceUrl: z.string().min(1).max(512),
  from: account,
  recipient: account,
  conversation: z.object({
    id: z.string().min(1).max(1024),
    conversationType: text(32),
    tenantId: text(64),
    isGroup: z.boolean().nullish(),
  }),
  text: text(262_144),
  replyToId: text(512),
  value: z.unknown().optional(),
  entities: z
    .array(z.unknown())
    .max(500)
    .nullish()
    .transform((value) => value ?? []),
  membersAdded: accounts,
  membersRemoved: accounts,
  channelData: z
    .object({ tenant: idOnly, team: idOnly, channel: idOnly })
    .nullish()
    .transform((value) => value ?? undefined),
})

export type Activity = z.infer<typeof activitySchema>
export type Account = z.infer<typeof account>

export function readActivity(value: unknown): Activity | undefined {
  return readWith(activitySchema, value)
}
