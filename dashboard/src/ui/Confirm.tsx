/** Asks before something ends that nobody can bring back. It names the thing, so that nobody ends the wrong one. */
import { type ReactNode, useId } from 'react'
import { Button, Submit } from './Button'
import { Dialog } from './Dialog'
import { Refusal, TextField } from './Field'
import { useForm } from './useForm'

interface ConfirmProps {
  /** "Revoke the key “CI”?" */
  title: string
  /** What then is so. */
  children: ReactNode
  /** What the button does, as a verb, and while it does. */
  does: string
  doing: string
  /** What is to be written before it is done, for what is lost for good. */
  write?: string
  run(): Promise<unknown>
  onClose(): void
}

export function Confirm({ title, children, does, doing, write, run, onClose }: ConfirmProps) {
  const what = useId()
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ written: write && values.text('written') !== write.trim() ? 'This is not the name.' : null }),
    send: async () => {
      await run()
      onClose()
    },
  })
  return (
    <Dialog title={title} onClose={onClose}>
      <form {...form} aria-describedby={what}>
        <div id={what} className="said mb-3 text-base text-ink-2">
          {children}
        </div>
        <Refusal>{refusal}</Refusal>
        {write && <TextField label="Write its name to go on" name="written" autoComplete="off" autoFocus fault={faults['written']} />}
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose} autoFocus={!write}>
            Cancel
          </Button>
          <Submit busy={busy} doing={doing}>
            {does}
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
