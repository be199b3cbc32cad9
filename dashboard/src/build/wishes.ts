/** Names of wishes: the same wish has the same name until the server has decided about it, so that a repeat does nothing twice. */
import { mayPass } from '../api/problem'

/** Of one build. */
export class Wishes {
  readonly build = randomId()
  private readonly last = new Map<string, { says: string; n: number }>()

  /** Sends what `says` stands for, under its name. */
  async send<T>(what: string, says: unknown, sent: (key: string) => Promise<T>): Promise<T> {
    const text = JSON.stringify(says)
    const before = this.last.get(what)
    const n = before?.says === text ? before.n : (before?.n ?? 0) + 1
    this.last.set(what, { says: text, n })
    try {
      return await sent(`omoi-build-${this.build}-${what}-${n}`)
    } catch (error) {
      // A refusal is remembered under its name: the next try is another wish. What is in doubt is not.
      if (!mayPass(error)) this.last.set(what, { says: '', n })
      throw error
    }
  }
}

/** Unlike `randomUUID` browsers have this also where the address is no https. */
function randomId(): string {
  return uuid(crypto.getRandomValues(new Uint8Array(16)), 4)
}

/** An id that follows from `parts`, as the kernel derives it: a UUID of version 8 over SHA-256 of the parts, each after its length. */
export async function derivedId(...parts: string[]): Promise<string> {
  const bytes = parts.map((part) => new TextEncoder().encode(part))
  const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + 8 + length, 0))
  let at = 0
  for (const part of bytes) {
    new DataView(all.buffer).setBigUint64(at, BigInt(part.length))
    all.set(part, at + 8)
    at += 8 + part.length
  }
  return uuid(new Uint8Array(await crypto.subtle.digest('SHA-256', all)).slice(0, 16), 8)
}

function uuid(bytes: Uint8Array, version: number): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
