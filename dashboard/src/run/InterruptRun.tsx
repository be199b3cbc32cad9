/** Asks whether the turn of an agent is to end, and says what follows from that. */
import { interruptRun } from '../api/runs'
import type { Run } from '../api/types'
import { Confirm } from '../ui/Confirm'

interface InterruptRunProps {
  run: Run
  onDone(position: number | null | undefined): Promise<void>
  onClose(): void
}

export default function InterruptRun({ run, onDone, onClose }: InterruptRunProps) {
  return (
    <Confirm title="Interrupt the turn?" does="Interrupt it" doing="Interrupting …" onClose={onClose} run={async () => onDone((await interruptRun(run.id)).position)}>
      {run.steer
        ? 'The agent leaves what it does. The message that is on its way to it may become its next turn; if it takes no more turns, the run is over by that.'
        : 'The agent leaves what it does. No message waits for it, so the run is over by that: what is in its workspace is kept, and its task has failed until somebody lets it try again.'}
    </Confirm>
  )
}
