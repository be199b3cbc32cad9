/** Asks why an agent is not to be trusted, and says what follows from that. */
import { quarantineAgent } from '../api/runs'
import type { Agent } from '../api/types'
import { plain } from '../run/plain'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'

interface QuarantineAgentProps {
  agent: Agent
  onDone(): Promise<void>
  onClose(): void
}

export default function QuarantineAgent({ agent, onDone, onClose }: QuarantineAgentProps) {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ reason: values.text('reason') ? null : 'Say why in a line: it is shown with the agent.' }),
    async send(values) {
      await quarantineAgent(agent.id, values.text('reason'))
      await onDone()
      onClose()
    },
  })
  return (
    <Dialog title={`Put the agent “${plain(agent.name)}” into quarantine?`} onClose={onClose}>
      <form {...form}>
        <p className="mb-3 text-base text-ink-2">
          No run starts with it by itself any more, in no project of the organization. Runs that go on are left alone. A person can still start one, and one that works ends the quarantine.
        </p>
        <Refusal>{refusal}</Refusal>
        <TextField label="Why" name="reason" maxLength={1000} autoComplete="off" data-first="" fault={faults['reason']} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Submit busy={busy} doing="Putting it there …">
            Put it into quarantine
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
