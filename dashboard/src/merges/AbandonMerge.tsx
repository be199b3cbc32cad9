/** Asks before a whole merge is given up. */
import { abandonMerge, type Merge } from '../api/merges'
import { plain } from '../run/plain'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextArea } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { steady } from '../ui/visible'
import type { Act } from './useMerges'

interface AbandonMergeProps {
  merge: Merge
  act: Act
  onClose(): void
}

export default function AbandonMerge({ merge, act, onClose }: AbandonMergeProps) {
  const { busy, refusal, form } = useForm({
    async send(values) {
      await act(abandonMerge(merge.id, values.text('reason')))
      announce(`Abandoned ${merge.title}`)
      onClose()
    },
  })
  return (
    <Dialog title={`Abandon the merge of “${steady(merge.title)}”?`} onClose={onClose}>
      <form {...form}>
        <p className="said mb-3 text-base text-ink-2">
          It cannot be taken up again. <span className="font-mono text-sm">{plain(merge.branch)}</span> stays as it is, and nothing of it lands.
        </p>
        <Refusal>{refusal}</Refusal>
        <TextArea label="Why" name="reason" rows={2} maxLength={1000} hint="May be left empty." data-first="" />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Keep it
          </Button>
          <Submit busy={busy} doing="Abandoning …">
            Abandon it
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
