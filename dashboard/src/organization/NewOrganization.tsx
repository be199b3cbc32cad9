/** Asks for what an organization needs: a name. Whoever makes it owns it, and goes over to it. */
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { createOrganization } from '../api/identity'
import { goOver } from '../session/doors'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextField } from '../ui/Field'
import { useForm } from '../ui/useForm'

export default function NewOrganization({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const made = useRef<{ id: string; name: string } | null>(null)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({
      name: values.text('name') ? null : 'An organization needs a name.',
      slug: faultOfSlug(values.text('slug')),
    }),
    send: async (values) => {
      const slug = values.text('slug')
      // Made once, though going over may be tried again.
      made.current ??= await createOrganization({ name: values.text('name'), ...(slug ? { slug } : {}) })
      await navigate({ to: '/' })
      await goOver(made.current.id)
      announce(`Created ${made.current.name}`)
      onClose()
    },
    about: { taken: 'slug', invalid_name: 'name', invalid_slug: 'slug' },
  })
  return (
    <Dialog title="New organization" onClose={onClose}>
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <TextField label="Name" name="name" maxLength={200} autoFocus autoComplete="organization" placeholder="Acme" fault={faults['name']} />
        <TextField
          label="Short name"
          name="slug"
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          fault={faults['slug']}
          hint="For addresses: a-z, 0-9 and hyphens. It stays. Left empty, it follows from the name."
        />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Submit busy={busy} doing="Creating …">
            Create and go over
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}

function faultOfSlug(slug: string): string | null {
  return slug === '' || /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(slug)
    ? null
    : 'Use only a-z, 0-9 and hyphens, with a letter or a digit at both ends.'
}
