import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** What the server sends. The preview sends it too, so that a refused style or script is seen before the embedding. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"

const api = { '/api': { target: process.env['OMOI_API'] ?? 'http://127.0.0.1:4310', ws: true } }

/** What designs are drawn with. Mermaid knows twenty kinds more, for megabytes that the program would carry in itself. */
const DRAWN = /\/(flow|sequence|class|state|er|c4)Diagram(-v2)?-\w+\.mjs$/
const KIND = /\/(chunks\/mermaid\.core\/[\w-]*(diagram|definition)|cose-bilkent|swimlanes)[\w-]*\.mjs$/i
const ABSENT = '\0absent-diagram'

const onlyDesigns: Plugin = {
  name: 'only-designs',
  apply: 'build',
  enforce: 'pre',
  resolveId: (source, importer) =>
    importer?.includes('/mermaid/') && (source === 'katex' || (KIND.test(source) && !DRAWN.test(source))) ? ABSENT : null,
  load: (id) => (id === ABSENT ? "throw new Error('this kind of diagram is not drawn here')" : null),
}

export default defineConfig({
  plugins: [
    onlyDesigns,
    // Before React's plugin: it reads the routes as they were written. Tests load the parts, not the pages.
    process.env['VITEST'] ? null : tanstackRouter({ target: 'react', autoCodeSplitting: true }),
    react(),
    tailwindcss(),
  ],
  build: {
    target: 'es2022',
    // A font as a data: address would be refused by the policy above.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
  server: { proxy: api },
  preview: { proxy: api, headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY } },
  test: {
    projects: [
      { extends: true, test: { name: 'logic', environment: 'node', include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'screens',
          environment: 'jsdom',
          include: ['src/**/*.test.tsx'],
          setupFiles: ['src/testing/screen.ts'],
          // The first test of a file loads what it tests, and looking for barriers takes a second of an idle core: 7 s were
          // measured with four times as much to do as there are cores.
          testTimeout: 15_000,
          // Starting jsdom costs seconds of a core; two at once only slow each other.
          fileParallelism: false,
        },
      },
    ],
  },
})
