/** A secret that is shown this once, with a way to take it along. */
import { useEffect, useRef, useState } from 'react'
import { announce } from '../shell/announce'
import { Button } from './Button'
import { FIELD } from './Field'

export function Secret({ label, text }: { label: string; text: string }) {
  const field = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState<'no' | 'yes' | 'by hand'>('no')
  useEffect(() => field.current?.focus(), [])

  async function copy() {
    field.current?.select()
    try {
      await navigator.clipboard.writeText(text)
      setCopied('yes')
      announce('Copied')
    } catch {
      // Over plain http there is no clipboard; what is selected can be copied by hand.
      setCopied('by hand')
    }
  }

  return (
    <>
      <div className="flex gap-1.5">
        <input
          ref={field}
          aria-label={label}
          readOnly
          value={text}
          spellCheck={false}
          className={`${FIELD} min-w-0 font-mono`}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button className="h-auto w-20" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : 'Copy'}
        </Button>
      </div>
      {copied === 'by hand' && (
        <p role="status" className="mt-1 text-xs text-ink-2">
          This page may not use the clipboard. It is selected: press Ctrl+C or Cmd+C.
        </p>
      )}
    </>
  )
}
