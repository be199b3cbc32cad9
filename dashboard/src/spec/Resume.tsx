/** Planning goes on where it stopped, with another budget if one is named. */
import { resumeSpec } from '../api/specs'
import type { Spec } from '../api/types'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { COUNTED, microUsd, usd } from './money'

interface ResumeProps {
  spec: Spec
  seen(position?: number | null): Promise<void>
  onClose(): void
}

export default function Resume({ spec, seen, onClose }: ResumeProps) {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ budget: microUsd(values.text('budget')) === null ? 'An amount in dollars, e.g. 20 or 2.50.' : null }),
    async send(values) {
      const budget = microUsd(values.text('budget'))
      const { position } = await resumeSpec(spec.id, budget ? { budget } : {})
      announce('Planning goes on')
      await seen(position)
      onClose()
    },
  })
  return (
    <Dialog title="Let planning go on" onClose={onClose}>
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <TextField
          label="What all its model calls may cost together, in dollars"
          name="budget"
          inputMode="decimal"
          placeholder={spec.budget === null ? 'no limit' : usd(spec.budget)}
          hint={`Left empty it stays as it is. ${COUNTED}`}
          autoFocus
          fault={faults['budget']}
        />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Not now
          </Button>
          <Submit busy={busy} doing="Resuming …">
            Resume
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
