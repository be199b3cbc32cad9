/** The keys that act on this page now. It lists what is bound, so it cannot be out of date. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { Dialog } from '../ui/Dialog'
import { type Binding, isLetter } from './keys'
import { preferences } from './preferences'
import { currentScopes } from './useKeys'

export default function Help({ onClose }: { onClose: () => void }) {
  const letters = useStore(preferences, (state) => state.letters)
  const [scopes] = useState(currentScopes)
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      {!letters && <p className="mb-3 text-ink-2">Single letters are turned off; Display turns them on.</p>}
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {scopes.map(({ name, bindings }) => (
          <section key={name}>
            <h3 className="mb-1 text-xs font-semibold">{name}</h3>
            <dl>
              {byWhatTheyDo(bindings).map(([does, all]) => (
                <div key={does} className="flex items-baseline gap-3 py-0.5">
                  <dt className="w-32 shrink-0">
                    {all.map((keys, index) => (
                      <span key={keys} className={letters || !isLetter(keys) ? '' : 'line-through'}>
                        {index > 0 && <span className="text-xs text-ink-2"> or </span>}
                        {keys.split(' ').map((key) => (
                          <kbd key={key} className="mr-1 rounded-sm border border-line bg-sunk px-1 font-mono text-xs">
                            {shown(key)}
                          </kbd>
                        ))}
                      </span>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' }
const shown = (key: string): string => key.replace(/Arrow\w+/, (arrow) => SIGNS[arrow] ?? arrow)

function byWhatTheyDo(bindings: readonly Binding[]): [string, string[]][] {
  const lines = new Map<string, string[]>()
  for (const { does, keys } of bindings) lines.set(does, [...(lines.get(does) ?? []), keys])
  return [...lines]
}
