/** Asks for what a project needs: a name. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { wordsOf } from '../api/problem'
import { createProject } from '../api/writes'
import { announce } from '../shell/announce'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextArea, TextField } from '../ui/Field'

export default function NewProject({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: createProject,
    onSuccess: async (project) => {
      announce(`Created ${project.name}`)
      onClose()
      await navigate({ to: '/p/$project/board', params: { project: project.id } })
      await queries.invalidateQueries({ queryKey: ['projects'] })
    },
  })
  return (
    <Dialog title="New project" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          const description = String(form.get('description') ?? '').trim()
          create.mutate({ name: String(form.get('name') ?? '').trim(), ...(description ? { description } : {}) })
        }}
      >
        <Refusal>{create.error && wordsOf(create.error)}</Refusal>
        <TextField label="Name" name="name" required maxLength={200} autoFocus placeholder="Billing" />
        <TextArea label="What it is about" name="description" maxLength={20000} hint="May be left empty." />
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
