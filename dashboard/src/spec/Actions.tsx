/** What can be done with a whole spec: let it go on, give it up, take it away as files. */
import { lazy, Suspense, useState } from 'react'
import { cancelSpec, materializeSpec } from '../api/specs'
import type { Spec } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Refusal, TextArea } from '../ui/Field'
import { useForm } from '../ui/useForm'

const Export = lazy(() => import('./Export'))
const Resume = lazy(() => import('./Resume'))
const Revise = lazy(() => import('./Revise'))

interface ActionsProps {
  spec: Spec
  seen(position?: number | null): Promise<void>
}

type Asks = 'resume' | 'revise' | 'cancel' | 'export' | null

export function Actions({ spec, seen }: ActionsProps) {
  const [asks, setAsks] = useState<Asks>(null)
  const may = useOnlyLooking() === null
  const can = (what: string) => may && spec.possible.includes(what)
  const close = () => setAsks(null)
  return (
    <div className="flex flex-wrap gap-2">
      {can('resume') && spec.status === 'failed' && (
        <Button kind="primary" onClick={() => setAsks('resume')}>
          Resume …
        </Button>
      )}
      {can('materialize') && <Materialize {...{ spec, seen }} />}
      {can('revise') && <Button onClick={() => setAsks('revise')}>Revise …</Button>}
      <Button onClick={() => setAsks('export')}>Export …</Button>
      {can('cancel') && <Button onClick={() => setAsks('cancel')}>Cancel the spec …</Button>}
      {asks === 'resume' && (
        <Suspense>
          <Resume {...{ spec, seen }} onClose={close} />
        </Suspense>
      )}
      {asks === 'cancel' && <Cancel {...{ spec, seen }} onClose={close} />}
      {asks === 'revise' && (
        <Suspense>
          <Revise {...{ spec, seen }} onClose={close} />
        </Suspense>
      )}
      {asks === 'export' && (
        <Suspense>
          <Export spec={spec} onClose={close} />
        </Suspense>
      )}
    </div>
  )
}

function Materialize({ spec, seen }: ActionsProps) {
  const { busy, refusal, form } = useForm({
    async send() {
      await seen((await materializeSpec(spec.id)).position)
    },
  })
  return (
    <form {...form}>
      <Refusal>{refusal}</Refusal>
      <Submit busy={busy} doing="Making tickets …">
        Make tickets
      </Submit>
    </form>
  )
}

function Cancel({ spec, seen, onClose }: ActionsProps & { onClose(): void }) {
  const { busy, refusal, form } = useForm({
    async send(values) {
      const reason = values.text('reason')
      const { position } = await cancelSpec(spec.id, reason ? { reason } : {})
      announce('Cancelled')
      await seen(position)
      onClose()
    },
  })
  return (
    <Dialog title="Give this spec up?" onClose={onClose}>
      <form {...form}>
        <p className="mb-3 text-base text-ink-2">
          It cannot be taken up again. {spec.work ? 'Tickets that it became stay as they are.' : 'It became no tickets yet, and will become none.'}
        </p>
        <Refusal>{refusal}</Refusal>
        <TextArea label="Why" name="reason" rows={2} maxLength={20000} hint="May be left empty." autoFocus />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Keep it
          </Button>
          <Submit busy={busy} doing="Cancelling …">
            Cancel the spec
          </Submit>
        </div>
      </form>
    </Dialog>
  )
}
