/** Asks whether an agent is trusted again, and says what follows from that. */
import { releaseAgent } from '../api/runs'
import type { Agent } from '../api/types'
import { plain } from '../run/plain'
import { Confirm } from '../ui/Confirm'

interface ReleaseAgentProps {
  agent: Agent
  onDone(): Promise<void>
  onClose(): void
}

export default function ReleaseAgent({ agent, onDone, onClose }: ReleaseAgentProps) {
  const release = async () => {
    await releaseAgent(agent.id)
    await onDone()
  }
  return (
    <Confirm title={`Release the agent “${plain(agent.name)}”?`} does="Release it" doing="Releasing …" onClose={onClose} run={release}>
      Runs start with it by themselves again, where projects let work start by itself. If it still fails by its own fault, three runs in a row put it back.
    </Confirm>
  )
}
