/**
 * Asks for a yes to exactly what was read: this branch, at this commit, onto that one. What comes meanwhile takes the button
 * away, so that nobody says yes to it by a press that was meant for the old one.
 */
import { useId, useState } from 'react'
import { approveMerge, type Merge } from '../api/merges'
import { plain } from '../run/plain'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal } from '../ui/Field'
import { steady } from '../ui/visible'
import { useForm } from '../ui/useForm'
import type { Act } from './useMerges'

interface ApproveMergeProps {
  merge: Merge
  act: Act
  onClose(): void
}

export default function ApproveMerge({ merge, act, onClose }: ApproveMergeProps) {
  const [head] = useState(merge.head)
  const what = useId()
  const target = merge.target ? plain(merge.target) : 'the default branch'
  const leftOut = merge.candidates.filter(({ state }) => state === 'left_out').map(({ number }) => plain(number))
  const { busy, refusal, form } = useForm({
    async send() {
      await act(approveMerge(merge.id, head ?? ''))
      announce(`Approved ${merge.title}`)
      onClose()
    },
  })
  return (
    <Dialog title={`Land “${steady(merge.title)}”?`} onClose={onClose}>
      <form {...form} aria-describedby={what}>
        <div id={what} className="mb-3">
          <dl className="said grid grid-cols-[5rem_minmax(0,1fr)] gap-x-3 gap-y-1">
            <dt className="text-ink-2">Branch</dt>
            <dd className="font-mono text-xs leading-(--body-line)">{plain(merge.branch)}</dd>
            <dt className="text-ink-2">Commit</dt>
            <dd className="font-mono text-xs leading-(--body-line)">{plain(head ?? '')}</dd>
            <dt className="text-ink-2">Onto</dt>
            <dd className={merge.target ? 'font-mono text-xs leading-(--body-line)' : ''}>{target}</dd>
          </dl>
          <p className="mt-3 text-ink-2">Then {target} goes forward to this commit, and all that is in it is there for everybody.</p>
          {leftOut.length > 0 && <p className="said mt-2 text-ink-2">Left out, so not in it: {leftOut.join(', ')}.</p>}
        </div>
        <Refusal>{refusal}</Refusal>
        <p role="alert" className="mb-3 empty:hidden">
          {merge.head !== head || merge.status !== 'ready' ? 'It changed while you were reading: close this, and look at what there is now.' : null}
        </p>
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose} data-first="">
            Cancel
          </Button>
          {merge.head === head && merge.status === 'ready' && (
            <Submit busy={busy} doing="Approving …">
              Approve
            </Submit>
          )}
        </div>
      </form>
    </Dialog>
  )
}
