import { screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { faults, show } from '../testing/render'
import { Diagram } from './Diagram'
import { draw } from './draw'

// What draws needs a layout, which there is none of here; the journey `spec` draws in a browser.
vi.mock('./draw', () => ({ draw: vi.fn() }))
vi.mock('./look', () => ({ useLook: () => ({ paper: '#fff', raised: '#fff', line: '#000', ink: '#000' }) }))

beforeEach(() => {
  HTMLImageElement.prototype.decode = async () => {}
})
afterEach(() => vi.mocked(draw).mockReset())

const SOURCE = 'graph LR\n  A["<img src=x onerror=alert(1)>"] --> B'

test('a diagram is an image, with what was written beside it', async () => {
  vi.mocked(draw).mockResolvedValue('data:image/svg+xml,%3Csvg%3E%3C/svg%3E')
  const { container } = show(<Diagram source={SOURCE} />)
  const image = await screen.findByRole('img')
  expect(image.getAttribute('src')).toBe('data:image/svg+xml,%3Csvg%3E%3C/svg%3E')
  expect(image.getAttribute('alt')).toContain(SOURCE)
  expect(screen.getByLabelText('Mermaid source').textContent).toBe(SOURCE)
  expect(container.querySelectorAll('img, svg')).toHaveLength(1)
  expect(await faults(container)).toEqual([])
})

test('what cannot be drawn is shown as it was written, with the line', async () => {
  vi.mocked(draw).mockRejectedValue(new Error('Parse error on line 2:\n…'))
  const { container } = show(<Diagram source={SOURCE} />)
  expect(await screen.findByText('It cannot be drawn (line 2 is not understood), so this is what was written:')).toBeTruthy()
  expect(screen.getByLabelText('Mermaid source').textContent).toBe(SOURCE)
  expect(container.querySelector('img')).toBeNull()
  expect(await faults(container)).toEqual([])
})

test('what the browser cannot show as an image is no diagram', async () => {
  vi.mocked(draw).mockResolvedValue('data:image/svg+xml,broken')
  HTMLImageElement.prototype.decode = () => Promise.reject(new Error('cannot be decoded'))
  const { container } = show(<Diagram source={SOURCE} />)
  expect(await screen.findByText('It cannot be drawn, so this is what was written:')).toBeTruthy()
  expect(container.querySelector('img')).toBeNull()
})
