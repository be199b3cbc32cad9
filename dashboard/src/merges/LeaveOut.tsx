/** Asks why a merge is to go on without a candidate. */
import { leaveOut, type Merge, type MergeCandidate } from '../api/merges'
import { plain } from '../run/plain'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'
import type { Act } from './useMerges'

interface LeaveOutProps {
  merge: Merge
  candidate: MergeCandidate
  act: Act
  onClose(): void
}

export default function LeaveOut({ merge, candidate, act, onClose }: LeaveOutProps) {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ reason: values.text('reason') ? null : 'Say why in a line: it is shown with the merge.' }),
    async send(values) {
      await act(leaveOut(merge.id, candidate.task, values.text('reason')))
      announce(`Left out ${candidate.number}`)
      onClose()
    },
  })
  return (
    <Dialog title={`Go on without ${plain(candidate.number)}?`} onClose={onClose}>
      <form {...form}>
        <p className="said mb-3 text-base text-ink-2">
          What the task made is not in <span className="font-mono text-sm">{plain(merge.branch)}</span> then. Its commit stays recorded.
        </p>
        <Refusal>{refusal}</Refusal>
        <TextField label="Why" name="reason" maxLength={1000} autoComplete="off" data-first="" fault={faults['reason']} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Submit busy={busy} doing="Leaving it out …">
            Leave it out
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
