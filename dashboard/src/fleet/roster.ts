/** Agents as a list: those that had a run and those that could have one, each with what the server says of its profile. Pure. */
import type { Agent, AgentProfile } from '../api/types'

export interface Entry {
  name: string
  /** `null` when it had no run yet. */
  agent: Agent | null
  /** `null` when the server has no such profile. */
  profile: AgentProfile | null
}

/** Those that had a run first, then those that could have one, then those that cannot; each by name. */
export function entriesOf(agents: readonly Agent[], profiles: readonly AgentProfile[]): Entry[] {
  const profileOf = (name: string) => profiles.find((profile) => profile.name === name) ?? null
  const known = new Set(agents.map(({ name }) => name))
  const fresh = profiles.filter(({ name }) => !known.has(name)).map((profile): Entry => ({ name: profile.name, agent: null, profile }))
  return [
    ...agents.map((agent): Entry => ({ name: agent.name, agent, profile: profileOf(agent.name) })),
    ...fresh.filter(({ profile }) => !profile?.lack),
    ...fresh.filter(({ profile }) => profile?.lack),
  ]
}

/** The profile that a run has, as it is now: that of its name, else any with the same driver, which can do the same. */
export const profileOf = (run: { agent: string; driver: string }, profiles: readonly AgentProfile[] | undefined): AgentProfile | undefined =>
  profiles?.find(({ name, driver }) => name === run.agent && driver === run.driver) ?? profiles?.find(({ driver }) => driver === run.driver)

/** The server knows an agent by runs that say something about it. One that was stopped says nothing. */
export const isJudged = ({ health, succeeded, failed }: Agent): boolean => health !== 'fit' || succeeded + failed > 0
