import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** What the server sends. The preview sends it too, so that a refused style or script is seen before the embedding. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"

const api = { '/api': { target: process.env['OMOI_API'] ?? 'http://127.0.0.1:4310', ws: true } }

export default defineConfig({
  plugins: [
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
          // Starting jsdom costs seconds of a core; two at once only slow each other.
          fileParallelism: false,
        },
      },
    ],
  },
})
