/** Which agent does the tasks: one that can run here, and that is known before anything begins. Pure; `omoi build` says the same. */
import type { AgentProfile } from '../api/types'
import { refusal } from './refusal'

/** The agent of those who name none, when it has a model. */
const BY_ITSELF = 'native'

/** The one that is chosen as long as nobody chooses: that of the project, else `native` when it can run. */
export function usualAgent(set: string | null | undefined, profiles: readonly AgentProfile[]): string | null {
  return set ?? profiles.find(({ name, lack }) => name === BY_ITSELF && !lack)?.name ?? null
}

/** The agent of the build. Throws what is wrong with it. */
export function mustRun(wanted: string | null, profiles: readonly AgentProfile[]): string {
  const can = profiles.filter(({ lack }) => !lack).map(({ name }) => name).join(', ') || 'none'
  if (!wanted) throw refusal('agent', `Say which agent does the tasks; those that can run here: ${can}.`)
  const profile = profiles.find(({ name }) => name === wanted)
  if (!profile) throw refusal('agent', `There is no agent profile ${wanted} on this server; those that can run here: ${can}.`)
  if (profile.lack) throw refusal('agent', `The agent ${wanted} cannot run: ${profile.lack.reason}. ${profile.lack.mend}`)
  return wanted
}
