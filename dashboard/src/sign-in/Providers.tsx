/** Accounts elsewhere by which one can sign in, when the server knows any. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { providersQuery, startOauth } from '../api/identity'
import { ProblemError, wordsOf } from '../api/problem'
import { Button } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { safeAddress } from '../ui/Outside'
import { keepBack } from './back'

export function Providers({ back }: { back: string }) {
  const { data, error } = useQuery(providersQuery())
  const start = useMutation({
    mutationFn: async (id: string) => {
      const address = safeAddress((await startOauth(id)).url)
      if (!address) throw new ProblemError('unknown', 0, 'The server named an address that is not of the web. Sign in with a password.')
      keepBack(back)
      location.assign(address.href)
    },
  })
  // A server without such routes knows no other ways.
  if (error instanceof ProblemError && error.status === 404) return null
  if (error) return <p className="mt-4 text-xs text-ink-2">Other ways to sign in could not be read. {wordsOf(error)}</p>
  if (!data?.length) return null
  return (
    <section aria-label="Other ways to sign in" className="mt-4 flex flex-col gap-2 border-t border-line pt-4">
      <Refusal>{start.error && wordsOf(start.error)}</Refusal>
      {data.map(({ id, name }) => (
        <Button key={id} className="h-8.5" aria-disabled={start.isPending || undefined} onClick={() => !start.isPending && start.mutate(id)}>
          {start.isPending && start.variables === id ? `Going to ${name} …` : `Continue with ${name}`}
        </Button>
      ))}
    </section>
  )
}
