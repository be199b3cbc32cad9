/** Another content in the place of what waits at a gate: the whole output of the phase, as JSON. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemError, type PlanProblem } from '../api/problem'
import { editSpec, readSections } from '../api/specs'
import type { Spec, SpecGate } from '../api/types'
import { announce } from '../shell/announce'
import { Button, Submit } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { FIELD, Labelled, Refusal } from '../ui/Field'
import { Failed, Loading } from '../ui/states'
import { useForm } from '../ui/useForm'
import { type Content, contentOf } from './content'
import { Problems } from './Problems'
import { parsed } from './parsed'
import { allFaults, latestVerdict } from './verdict'
import { gateWord } from './words'

interface EditContentProps {
  spec: Spec
  gate: SpecGate
  content_hash: string
  seen(position?: number | null): Promise<void>
  onClose(): void
}

export default function EditContent(props: EditContentProps) {
  // What was shown when the edit began: the server refuses the edit when it is another one by then.
  const [begun] = useState(props.content_hash)
  const { data, error, refetch } = useQuery({
    queryKey: ['spec', props.spec.id, 'content', props.gate, begun],
    queryFn: async ({ signal }) => contentOf(await readSections(props.spec.id, signal), props.gate) ?? {},
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Dialog title={`Edit ${gateWord(props.gate)}`} onClose={props.onClose} wide>
      {data ? <Form {...props} begun={begun} content={data} /> : error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="what was written" />}
    </Dialog>
  )
}

function Form({ spec, gate, seen, onClose, begun, content }: EditContentProps & { begun: string; content: Content }) {
  const [problems, setProblems] = useState<readonly PlanProblem[]>([])
  const verdict = latestVerdict(spec, gate)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ content: parsed(values.raw('content')).fault }),
    async send(values) {
      setProblems([])
      try {
        const { position } = await editSpec(spec.id, { gate, content_hash: begun, content: parsed(values.raw('content')).content! })
        announce(`Changed ${gateWord(gate)}`)
        await seen(position)
        onClose()
      } catch (refused) {
        if (refused instanceof ProblemError) setProblems(refused.problems)
        if (refused instanceof ProblemError && refused.code === 'content_changed') await seen().catch(() => {})
        throw refused
      }
    },
  })
  return (
    <form {...form}>
      <Refusal>{refusal}</Refusal>
      <Problems problems={problems} />
      <Labelled label="The whole output of the phase, as JSON" hint="It is judged, and waits for approval again." fault={faults['content']}>
        {(described) => (
          <textarea
            {...described}
            name="content"
            rows={18}
            spellCheck={false}
            autoFocus
            defaultValue={JSON.stringify(content, null, 2)}
            className={`${FIELD} font-mono text-xs`}
          />
        )}
      </Labelled>
      {verdict && allFaults(verdict).length > 0 && (
        <details className="mb-3">
          <summary className="min-h-6 text-xs underline">What was said of it ({allFaults(verdict).length})</summary>
          <Problems problems={allFaults(verdict)} />
        </details>
      )}
      <div className="flex justify-end gap-2">
        <Button kind="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Submit busy={busy} doing="Sending …">
          Put it in its place
        </Submit>
      </div>
    </form>
  )
}
