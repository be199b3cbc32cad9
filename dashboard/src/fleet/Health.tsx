/** How an agent does, when that is not well. */
import type { Agent } from '../api/types'
import { plain } from '../run/plain'
import { Glyph } from '../ui/Glyph'

/** What it was to blame for, by the code that its run ended with. */
const FAULTS: Record<string, string> = {
  agent_missing: 'its program is not there',
  agent_version: 'its program is another version than is wanted',
  agent_cannot_start: 'its program cannot be started',
  agent_gone: 'its program ended by itself',
  agent_garbage: 'its program speaks another language than its driver',
  agent_silent: 'its program said nothing',
  idle: 'it did nothing for too long',
}

export function Health({ agent }: { agent: Agent }) {
  if (agent.health === 'fit') return null
  const degraded = agent.health === 'degraded'
  return (
    <p className={`said flex items-start gap-1.5 text-xs ${degraded ? 'text-waiting' : 'text-failed'}`}>
      <span className="pt-px">
        <Glyph state={degraded ? 'waiting' : 'failed'} label={null} />
      </span>
      <span className="min-w-0">
        {agent.health === 'degraded' ? (
          <>
            {agent.faults === 1 ? 'Its last run' : `Its last ${agent.faults} runs`} failed by its own fault: {FAULTS[agent.code] ?? plain(agent.code)}
          </>
        ) : (
          <>In quarantine, so nothing starts with it by itself: {plain(agent.reason)}</>
        )}
      </span>
    </p>
  )
}
