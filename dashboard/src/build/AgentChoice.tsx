/** Which agent does the tasks: each with whether it can run here, and what to do when it cannot. */
import { type ReactNode, useId } from 'react'
import type { AgentProfile } from '../api/types'
import { Profile } from '../fleet/Profile'
import { plain } from '../run/plain'

interface AgentChoiceProps {
  profiles: readonly AgentProfile[]
  /** That of the project. */
  set: string | null
  chosen: string | null
  fault: ReactNode
  onChoose(name: string): void
}

export function AgentChoice({ profiles, set, chosen, fault, onChoose }: AgentChoiceProps) {
  const id = useId()
  const those = profiles.toSorted((a, b) => Number(a.lack !== null) - Number(b.lack !== null))
  return (
    <fieldset className="mb-3 min-w-0" {...(fault ? { 'aria-describedby': `${id}-fault` } : {})}>
      <legend className="mb-1 text-xs font-semibold">Agent</legend>
      {those.length === 0 && <p className="text-xs text-ink-2">The settings of the server have no agent profile; whoever runs it adds one.</p>}
      <ul className="divide-y divide-line rounded-md border border-line-strong bg-paper">
        {those.map((profile, n) => (
          <li key={profile.name} className="px-2 py-1.5">
            <label className="flex min-h-6 items-center gap-2 text-base">
              <input
                type="radio"
                name="agent"
                value={profile.name}
                className="size-4 accent-(--ink)"
                checked={chosen === profile.name}
                aria-describedby={`${id}-${n}`}
                onChange={() => onChoose(profile.name)}
              />
              <span className="said min-w-0">
                {plain(profile.name)}{' '}
                <span className="ml-1 text-xs text-ink-2">
                  {[!profile.lack && profile.asked && 'can run here', profile.name === set && 'as the project has it'].filter(Boolean).join(', ')}
                </span>
              </span>
            </label>
            <div id={`${id}-${n}`} className="pl-6">
              <Profile profile={profile} />
            </div>
          </li>
        ))}
      </ul>
      {fault && (
        <p id={`${id}-fault`} className="said mt-1 text-xs text-failed">
          {fault}
        </p>
      )}
    </fieldset>
  )
}
