/** How menus look. They are Radix menus without `modal`: the modal ones inject a style element. */
export const MENU =
  'z-20 max-h-[70vh] min-w-44 overflow-auto rounded-lg border border-line-strong bg-raised p-1 shadow-xl data-[side=bottom]:mt-1'
export const ITEM =
  'flex h-7 cursor-default items-center gap-2 rounded-md px-2 text-sm outline-none select-none data-highlighted:bg-sunk data-disabled:opacity-50'
export const HEADING = 'px-2 pt-2 pb-1 text-2xs font-semibold text-ink-3'
