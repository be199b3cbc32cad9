/** A mail address that breaks after its @ where the line is too short for it. */
import { Fragment } from 'react'
import { steady } from './visible'

export function Address({ of }: { of: string }) {
  return steady(of)
    .split(/(?<=@)/)
    .map((part, index) => (
      <Fragment key={index}>
        {index > 0 && <wbr />}
        {part}
      </Fragment>
    ))
}
