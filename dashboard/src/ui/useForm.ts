/** A form from Enter to the answer: checked, sent once, and refused beside the field that it is about. */
import { type FormEvent, useRef, useState } from 'react'
import { ProblemError, wordsOf } from '../api/problem'

export type Faults = Record<string, string | null | undefined>

interface FormOptions {
  /** What is wrong before anything is sent, by the names of fields. */
  check?(values: FormValues): Faults
  send(values: FormValues): Promise<unknown>
  /** Which field a problem is about, by its code. All others stand above the fields. */
  about?: Record<string, string | { field: string; words: string }>
}

export class FormValues {
  readonly data: FormData
  constructor(data: FormData) {
    this.data = data
  }

  /** Without the white space around it. */
  text(name: string): string {
    return this.raw(name).trim()
  }

  /** As it was written: a password may begin with a space. */
  raw(name: string): string {
    return String(this.data.get(name) ?? '')
  }
}

export function useForm({ check, send, about = {} }: FormOptions) {
  const [busy, setBusy] = useState(false)
  const [faults, setFaults] = useState<Faults>({})
  const [refusal, setRefusal] = useState<string | null>(null)
  const sending = useRef(false)

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    if (sending.current) return
    const values = new FormValues(new FormData(form))
    const wrong = check?.(values) ?? {}
    setRefusal(null)
    setFaults(wrong)
    if (Object.values(wrong).some(Boolean)) return focusFirst(form, wrong)
    sending.current = true
    setBusy(true)
    try {
      await send(values)
    } catch (error) {
      const place = error instanceof ProblemError ? about[error.code] : undefined
      if (!place) setRefusal(wordsOf(error))
      else {
        const refused = typeof place === 'string' ? { [place]: wordsOf(error) } : { [place.field]: place.words }
        setFaults(refused)
        focusFirst(form, refused)
      }
    } finally {
      sending.current = false
      setBusy(false)
    }
  }

  // `noValidate`: the browser's bubbles go away by themselves, and what they said with them.
  return { busy, faults, refusal, setRefusal, form: { onSubmit, noValidate: true } }
}

function focusFirst(form: HTMLFormElement, faults: Faults): void {
  const first = [...form.elements].find((element) => faults[(element as HTMLInputElement).name])
  // After the drawing: what is read with the field then stands beside it.
  requestAnimationFrame(() => (first as HTMLElement | undefined)?.focus())
}
