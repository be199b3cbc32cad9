/** What only people can know: each question with its answer, or with the place for it. */
import { answerSpec } from '../api/specs'
import type { Spec } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { Submit } from '../ui/Button'
import { Refusal, TextArea } from '../ui/Field'
import { Glyph } from '../ui/Glyph'
import { OnlyLooking } from '../ui/OnlyLooking'
import { useForm } from '../ui/useForm'

type Question = Spec['questions'][number]

interface QuestionsProps {
  spec: Spec
  seen(position?: number | null): Promise<void>
}

export function Questions({ spec, seen }: QuestionsProps) {
  const looking = useOnlyLooking()
  const open = spec.possible.includes('answer')
  const asked = spec.questions.length
  const answered = spec.questions.filter(({ answer }) => answer !== null).length
  const list = (
    <div className="flex flex-col gap-3">
      {open && looking && <OnlyLooking why={looking} />}
      {open && (
        <p className="text-ink-2">
          {answered} of {asked} answered. Planning goes on when all are.
        </p>
      )}
      <ol className="flex flex-col gap-3">
        {spec.questions.map((question) => (
          <li key={question.question} className={`rounded-lg border bg-raised p-3 ${question.answer === null && open ? 'border-waiting' : 'border-line'}`}>
            <p className="flex items-start gap-2">
              <span className="pt-0.5">
                <Glyph state={question.answer === null ? 'waiting' : 'done'} label={question.answer === null ? 'Not answered' : 'Answered'} />
              </span>
              <span className="said">
                <span className="font-semibold">{question.text}</span>{' '}
                {question.category && <span className="text-xs text-ink-3">{question.category}</span>}
              </span>
            </p>
            {question.answer !== null && <p className="said mt-1 pl-5.5">{question.answer}</p>}
            {question.answer === null && open && !looking && <Answer id={spec.id} question={question} seen={seen} />}
          </li>
        ))}
      </ol>
    </div>
  )
  if (open) return list
  return (
    <details>
      <summary className="min-h-6 text-xs underline">
        {answered} of {asked} answered
      </summary>
      <div className="mt-2">{list}</div>
    </details>
  )
}

function Answer({ id, question, seen }: { id: string; question: Question; seen: QuestionsProps['seen'] }) {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ text: values.text('text') ? null : 'Write an answer.' }),
    async send(values) {
      const { position } = await answerSpec(id, { question: question.question, text: values.text('text') })
      announce('Answered')
      await seen(position)
    },
  })
  return (
    <form {...form} className="mt-2 pl-5.5">
      <Refusal>{refusal}</Refusal>
      <TextArea label={`Answer to question ${question.question}`} name="text" rows={2} maxLength={20000} fault={faults['text']} />
      <Submit busy={busy} doing="Sending …" kind="plain">
        Answer
      </Submit>
    </form>
  )
}
