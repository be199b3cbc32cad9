/**
 * A gate that waits: yes to exactly what was read, no with a reason, or another content. What others change meanwhile is
 * shown at once, and nobody says yes to it by a press that was meant for the old one.
 */
import { lazy, Suspense, useState } from 'react'
import { ProblemError } from '../api/problem'
import { approveSpec, rejectSpec } from '../api/specs'
import type { Spec } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Refusal, TextArea } from '../ui/Field'
import { Glyph } from '../ui/Glyph'
import { OnlyLooking } from '../ui/OnlyLooking'
import { useForm } from '../ui/useForm'
import { gateQuestion, gateWord } from './words'

const EditContent = lazy(() => import('./EditContent'))

type Seen = (position?: number | null) => Promise<void>
type Waiting = Spec & { status: 'awaiting_approval' }

export function Gate({ spec, seen }: { spec: Spec; seen: Seen }) {
  // The other gate is another question: nothing of the first one's answer is left.
  return spec.status === 'awaiting_approval' ? <Asked key={spec.gate} spec={spec} seen={seen} /> : null
}

function Asked({ spec, seen }: { spec: Waiting; seen: Seen }) {
  const { id, gate, content_hash } = spec
  const looking = useOnlyLooking()
  const [read, setRead] = useState(content_hash)
  const [doing, setDoing] = useState<'answer' | 'reject' | 'edit'>('answer')
  const changed = read !== content_hash
  const section = gate === 'requirements' ? 'requirements' : 'design'

  /** Somebody was faster: what there is now is shown. */
  const orShowWhatIsNew = async <T,>(sent: Promise<T>): Promise<T> => {
    try {
      return await sent
    } catch (error) {
      if (error instanceof ProblemError && OUT_OF_DATE.has(error.code)) await seen().catch(() => {})
      throw error
    }
  }
  const { busy, refusal, form } = useForm({
    async send() {
      const { position } = await orShowWhatIsNew(approveSpec(id, { gate, content_hash: read }))
      announce(`Approved ${gateWord(gate)}`)
      await seen(position)
    },
  })
  return (
    <section aria-label={`Gate: ${gateWord(gate)}`} className="mb-5 rounded-lg border border-waiting bg-raised p-3">
      <p className="mb-2 flex items-start gap-2 font-semibold">
        <span className="pt-0.5">
          <Glyph state="waiting" label={null} />
        </span>
        {looking ? 'Waits for an answer' : 'Waits for you'}: {gateQuestion(gate)}
      </p>
      <p className="mb-2 text-xs text-ink-2">
        Asked about{' '}
        <a href={`#${section}`} className="underline">
          {gateWord(gate)}
        </a>{' '}
        as shown below, <span className="font-mono" title={content_hash}>{content_hash.slice(0, 8)}</span>.
      </p>
      {looking ? (
        <OnlyLooking why={looking} />
      ) : doing === 'reject' ? (
        <Reject
          onCancel={() => setDoing('answer')}
          send={async (reason) => {
            const { position } = await orShowWhatIsNew(rejectSpec(id, { gate, content_hash: read, reason }))
            announce(`Sent ${gateWord(gate)} back`)
            await seen(position)
          }}
        />
      ) : changed ? (
        <div role="alert">
          <p className="mb-2">It changed while you were reading. What stands below now is the new one, and you were asked about the old one.</p>
          <Button onClick={() => setRead(content_hash)}>I read the new one</Button>
        </div>
      ) : (
        <form {...form}>
          <Refusal>{refusal}</Refusal>
          <div className="flex flex-wrap gap-2">
            <Submit busy={busy} doing="Approving …">
              Approve
            </Submit>
            <Button onClick={() => setDoing('reject')}>Reject …</Button>
            <Button onClick={() => setDoing('edit')}>Edit …</Button>
          </div>
        </form>
      )}
      {doing === 'edit' && (
        <Suspense>
          <EditContent spec={spec} gate={gate} content_hash={content_hash} seen={seen} onClose={() => setDoing('answer')} />
        </Suspense>
      )}
    </section>
  )
}

/** Refusals that say that what was read is not what is there. */
const OUT_OF_DATE = new Set(['content_changed', 'no_approval_pending', 'over', 'precondition_failed'])

function Reject({ send, onCancel }: { send(reason: string): Promise<void>; onCancel(): void }) {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ reason: values.text('reason') ? null : 'Say what is wrong, so that it can be made better.' }),
    send: (values) => send(values.text('reason')),
  })
  return (
    <form {...form}>
      <Refusal>{refusal}</Refusal>
      <TextArea label="What is wrong" name="reason" required maxLength={20000} autoFocus fault={faults['reason']} hint="The next attempt heeds it." />
      <div className="flex gap-2">
        <Submit busy={busy} doing="Rejecting …">
          Reject
        </Submit>
        <Button kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

