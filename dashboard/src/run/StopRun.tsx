/** Asks why a run is to stop. */
import { stopRun } from '../api/runs'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'

interface StopRunProps {
  run: string
  onDone(position: number | null | undefined): Promise<void>
  onClose(): void
}

export default function StopRun({ run, onDone, onClose }: StopRunProps) {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ reason: values.text('reason') ? null : 'Say why in a line: it is shown with the run and its task.' }),
    async send(values) {
      const { position } = await stopRun(run, values.text('reason'))
      await onDone(position)
      onClose()
    },
  })
  return (
    <Dialog title="Stop the run" onClose={onClose}>
      <form {...form}>
        <p className="mb-3 text-base text-ink-2">What is in its workspace is kept first. Its task has failed then, until somebody lets it try again.</p>
        <Refusal>{refusal}</Refusal>
        <TextField label="Why" name="reason" maxLength={1000} autoComplete="off" data-first="" fault={faults['reason']} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Submit busy={busy} doing="Stopping …">
            Stop it
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
