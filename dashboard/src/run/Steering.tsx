/** Saying something to an agent at work. */
import { useMutation } from '@tanstack/react-query'
import { useId, useRef } from 'react'
import { wordsOf } from '../api/problem'
import { sendMessage } from '../api/runs'
import type { Run } from '../api/types'
import { useOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { Button } from '../ui/Button'
import { FIELD, Refusal } from '../ui/Field'
import { Glyph } from '../ui/Glyph'
import { steady } from '../ui/visible'
import { plain } from './plain'
import { wayOf, whyNoMessage } from './steering'
import type { Row } from './trajectory'

interface SteeringProps {
  run: Run
  /** The messages of before, oldest first. */
  steers: readonly Row[]
  past: boolean
  /** Whether the agent hears anybody while it works; not known at first. */
  hears: boolean | undefined
  onDone(position: number | null | undefined): Promise<void>
}

export function Steering({ run, steers, past, hears, onDone }: SteeringProps) {
  const form = useRef<HTMLFormElement>(null)
  const id = useId()
  const looking = useOnlyLooking()
  const send = useMutation({
    mutationFn: (text: string) => sendMessage(run.id, text),
    onSuccess: async ({ position }) => {
      form.current?.reset()
      announce('Message on its way')
      await onDone(position)
    },
  })
  const last = steers.at(-1)
  const way = last && wayOf(last)
  const open = run.steer !== null || (way !== undefined && !way.settled)
  const why = looking ?? (past ? 'This is the past: nothing can be said there. Back to live first.' : whyNoMessage(run, open, hears))
  return (
    <form
      ref={form}
      className="shrink-0 border-t border-line bg-raised p-3"
      onSubmit={(event) => {
        event.preventDefault()
        const text = String(new FormData(event.currentTarget).get('text') ?? '').trim()
        if (text && !why && !send.isPending) send.mutate(text)
      }}
    >
      <Refusal>{send.error && wordsOf(send.error)}</Refusal>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <label htmlFor={id} className="sr-only">
            Message to the agent
          </label>
          <textarea
            id={id}
            name="text"
            rows={2}
            maxLength={20_000}
            // What is being written stays when it cannot be sent for a moment.
            readOnly={why !== null}
            aria-describedby={`${id}-why`}
            placeholder={why ? undefined : 'Tell the agent what it should know; it goes on with its turn.'}
            className={`${FIELD} resize-y read-only:bg-sunk read-only:text-ink-3`}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
              event.preventDefault()
              form.current?.requestSubmit()
            }}
          />
        </div>
        <Button kind="primary" type="submit" title="Send (Ctrl+Enter)" aria-disabled={why !== null || send.isPending || undefined}>
          {send.isPending ? 'Sending …' : 'Send'}
        </Button>
      </div>
      <p id={`${id}-why`} className="said mt-1 text-xs text-ink-2">
        {why ? steady(why) : 'Ctrl+Enter sends. It has the message at its next boundary.'}
      </p>
      {way && (
        <p role="status" className="mt-1 flex items-start gap-1.5 text-xs">
          <span className="pt-px">
            <Glyph state={way.state} label={null} />
          </span>
          <span className="said min-w-0">
            <span className="font-semibold">Last message: {way.word.toLowerCase()}.</span> <span className="text-ink-2">{plain(way.means)}</span>
          </span>
        </p>
      )}
    </form>
  )
}
