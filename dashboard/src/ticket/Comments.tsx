/** What people say about a ticket. */
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { wordsOf } from '../api/problem'
import type { Ticket } from '../api/types'
import { commentTicket } from '../api/writes'
import { useOnlyLooking } from '../session/role'
import { announce } from '../shell/announce'
import { Button } from '../ui/Button'
import { Refusal, TextArea } from '../ui/Field'
import { Id } from '../ui/Id'
import { OnlyLooking } from '../ui/OnlyLooking'
import { When } from '../ui/When'

interface CommentsProps {
  ticket: Ticket
  onDone(position: number | null | undefined): Promise<void>
}

export function Comments({ ticket, onDone }: CommentsProps) {
  const form = useRef<HTMLFormElement>(null)
  const send = useMutation({
    mutationFn: (text: string) => commentTicket(ticket.id, text),
    onSuccess: async ({ position }) => {
      form.current?.reset()
      announce('Comment sent')
      await onDone(position)
    },
  })
  const looking = useOnlyLooking()
  const earlier = ticket.comments - ticket.conversation.length
  return (
    <>
      {earlier > 0 && <p className="mb-2 text-xs text-ink-2">{earlier} earlier; the history has them.</p>}
      <ol className="flex flex-col gap-3">
        {ticket.conversation.map(({ id, at, by, text }) => (
          <li key={id} className="rounded-lg border border-line bg-raised px-3 py-2">
            <p className="mb-1 flex gap-2 text-xs text-ink-2">
              <Id id={by} /> <When at={at} />
            </p>
            <p className="said max-w-[72ch]">{text}</p>
          </li>
        ))}
      </ol>
      {looking && <OnlyLooking why={looking} />}
      {!looking && ticket.possible.includes('comment') && (
        <form
          ref={form}
          className="mt-3"
          onSubmit={(event) => {
            event.preventDefault()
            const text = String(new FormData(event.currentTarget).get('text') ?? '').trim()
            if (text) send.mutate(text)
          }}
        >
          <Refusal>{send.error && wordsOf(send.error)}</Refusal>
          <TextArea label="Comment" name="text" required maxLength={20000} rows={3} />
          <Button type="submit" disabled={send.isPending}>
            {send.isPending ? 'Sending …' : 'Send'}
          </Button>
        </form>
      )}
    </>
  )
}
