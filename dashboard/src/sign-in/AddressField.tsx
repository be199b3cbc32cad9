/** A mail address, by which people are known here. */
import type { ComponentProps } from 'react'
import { TextField } from '../ui/Field'
import { writtenAddress } from './address'

export function AddressField({ label = 'Mail address', ...rest }: Partial<ComponentProps<typeof TextField>>) {
  return (
    <TextField
      label={label}
      name="email"
      type="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={254}
      defaultValue={writtenAddress()}
      {...rest}
    />
  )
}
