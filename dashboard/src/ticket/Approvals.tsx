/** Approvals that somebody waits for: answered here, in place. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { wordsOf } from '../api/problem'
import type { Phase, Ticket } from '../api/types'
import { grantApproval, rejectApproval } from '../api/writes'
import { phaseWord } from '../board/words'
import { useOnlyLooking } from '../session/role'
import { Button } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { Glyph } from '../ui/Glyph'
import { OnlyLooking } from '../ui/OnlyLooking'

interface ApprovalsProps {
  ticket: Ticket
  onDone(position: number | null | undefined): Promise<void>
}

export function Approvals({ ticket, onDone }: ApprovalsProps) {
  const asked = Object.entries(ticket.approvals).filter(([, { state }]) => state === 'requested')
  return asked.map(([phase]) => <Asked key={phase} id={ticket.id} phase={phase as Phase} onDone={onDone} />)
}

function Asked({ id, phase, onDone }: { id: string; phase: Phase; onDone: ApprovalsProps['onDone'] }) {
  const looking = useOnlyLooking()
  const [refuses, setRefuses] = useState(false)
  const answer = useMutation({
    mutationFn: (reason: string | null) => (reason === null ? grantApproval(id, phase) : rejectApproval(id, phase, reason)),
    onSuccess: ({ position }) => onDone(position),
  })
  return (
    <form
      className="mb-5 rounded-lg border border-waiting bg-raised p-3"
      onSubmit={(event) => {
        event.preventDefault()
        const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim()
        if (reason) answer.mutate(reason)
      }}
    >
      <p className="mb-2 flex items-center gap-2 font-semibold">
        <Glyph state="waiting" label={null} />
        {looking ? 'Waits for an answer' : 'Waits for you'}: may it leave {phaseWord(phase)}?
      </p>
      <Refusal>{answer.error && wordsOf(answer.error)}</Refusal>
      {refuses && <TextField label="Why not" name="reason" required maxLength={1000} autoFocus />}
      {looking && <OnlyLooking why={looking} />}
      <div className="flex gap-2" hidden={looking !== null}>
        {!refuses && (
          <Button kind="primary" disabled={answer.isPending} onClick={() => answer.mutate(null)}>
            Approve
          </Button>
        )}
        {refuses ? (
          <Button kind="primary" type="submit" disabled={answer.isPending}>
            Refuse
          </Button>
        ) : (
          <Button onClick={() => setRefuses(true)}>Refuse …</Button>
        )}
        {refuses && (
          <Button kind="quiet" onClick={() => setRefuses(false)}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  )
}
