/** Asks for what a ticket needs. */
import { useMutation } from '@tanstack/react-query'
import { wordsOf } from '../api/problem'
import { readBoard } from '../api/reads'
import { PHASES, type Phase, type Priority } from '../api/types'
import { createTicket } from '../api/writes'
import { announce } from '../shell/announce'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Choice, Refusal, TextArea, TextField } from '../ui/Field'
import type { BoardStore } from './store'
import { isBeginning, phaseWord } from './words'

const PRIORITIES: readonly Priority[] = ['low', 'medium', 'high', 'critical']

interface NewTicketProps {
  project: string
  board: BoardStore
  onClose(): void
}

export default function NewTicket({ project, board, onClose }: NewTicketProps) {
  const create = useMutation({
    mutationFn: (body: Parameters<typeof createTicket>[1]) => createTicket(project, body),
    onSuccess: async (ticket) => {
      announce(`Created ${ticket.number}`)
      onClose()
      // The socket brings it too; whoever made it must see it even without one.
      if (ticket.position != null) board.seed(await readBoard(project, ticket.position))
    },
  })
  return (
    <Dialog title="New ticket" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          const text = (name: string) => String(form.get(name) ?? '').trim()
          create.mutate({
            title: text('title'),
            phase: text('phase') as Phase,
            priority: text('priority') as Priority,
            ...(text('description') ? { description: text('description') } : {}),
          })
        }}
      >
        <Refusal>{create.error && wordsOf(create.error)}</Refusal>
        <TextField label="Title" name="title" required maxLength={200} autoFocus placeholder="Send invoices by mail" />
        <TextArea label="Description" name="description" maxLength={20000} hint="May be left empty." />
        <div className="grid grid-cols-2 gap-3">
          <Choice label="Begins in" name="phase" defaultValue="backlog">
            {PHASES.filter(isBeginning).map((phase) => (
              <option key={phase} value={phase}>
                {phaseWord(phase)}
              </option>
            ))}
          </Choice>
          <Choice label="Priority" name="priority" defaultValue="medium">
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {phaseWord(priority)}
              </option>
            ))}
          </Choice>
        </div>
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" disabled={create.isPending}>
            {create.isPending ? 'Creating …' : 'Create'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
