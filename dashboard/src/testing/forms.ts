/** Filling in and sending, as a person does it. */
import { fireEvent, screen } from '@testing-library/react'

export async function write(label: string | RegExp, text: string): Promise<HTMLElement> {
  const field = await screen.findByLabelText(label, { selector: 'input, select, textarea' })
  fireEvent.input(field, { target: { value: text } })
  return field
}

/** As Enter does it: the browser then submits the form of the field. */
export function enter(field: HTMLElement): void {
  fireEvent.submit((field as HTMLInputElement).form!)
}

export async function press(name: string | RegExp): Promise<void> {
  fireEvent.click(await screen.findByRole('button', { name }))
}

/** What is read with a field besides its name. */
export function describedBy(field: HTMLElement): string {
  const ids = field.getAttribute('aria-describedby')?.split(' ') ?? []
  return ids.map((id) => document.getElementById(id)?.textContent).join(' ')
}

/** Opens a menu; Radix listens to the pointer and not to the click. */
export async function openMenu(name: string | RegExp): Promise<void> {
  fireEvent.keyDown(await screen.findByRole('button', { name }), { key: 'Enter' })
}
