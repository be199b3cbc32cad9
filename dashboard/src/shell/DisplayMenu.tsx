/** How the page looks and listens, for this browser. */
import { DropdownMenu } from 'radix-ui'
import { useStore } from 'zustand'
import { HEADING, ITEM, MENU } from '../ui/menu'
import { choose, DENSITIES, type Density, preferences, THEMES, type Theme } from './preferences'

const THEME_WORD: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' }
const DENSITY_WORD: Record<Density, string> = { compact: 'Compact', regular: 'Regular', relaxed: 'Relaxed' }
// The menu stays open: who tries a look wants to see it and try the next.
const stay = (event: Event) => event.preventDefault()

export default function DisplayMenu() {
  const { theme, density, letters } = useStore(preferences)
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="h-7 shrink-0 rounded-md px-2 text-xs text-ink-2 hover:bg-sunk hover:text-ink">
        Display
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" className={MENU}>
          <DropdownMenu.Label className={HEADING}>Theme</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => choose({ theme: value as Theme })}>
            {THEMES.map((value) => (
              <Radio key={value} value={value} word={THEME_WORD[value]} />
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Label className={HEADING}>Density</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={density} onValueChange={(value) => choose({ density: value as Density })}>
            {DENSITIES.map((value) => (
              <Radio key={value} value={value} word={DENSITY_WORD[value]} />
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Label className={HEADING}>Keys</DropdownMenu.Label>
          <DropdownMenu.CheckboxItem
            className={ITEM}
            checked={letters}
            onCheckedChange={(checked) => choose({ letters: checked })}
            onSelect={stay}
          >
            <Tick />
            Single letters act
          </DropdownMenu.CheckboxItem>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Radio({ value, word }: { value: string; word: string }) {
  return (
    <DropdownMenu.RadioItem value={value} className={ITEM} onSelect={stay}>
      <Tick />
      {word}
    </DropdownMenu.RadioItem>
  )
}

function Tick() {
  return (
    <span className="w-3.5">
      <DropdownMenu.ItemIndicator>
        <svg viewBox="0 0 14 14" className="size-3.5" aria-hidden="true">
          <path d="m3 7.4 2.6 2.6L11 4.2" fill="none" stroke="currentColor" strokeWidth={1.8} />
        </svg>
      </DropdownMenu.ItemIndicator>
    </span>
  )
}
