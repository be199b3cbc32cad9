// Requests to a server, signed by whoever asks: its operator, a person, a key.
import { randomUUID } from 'node:crypto'

export class Client {
  url = ''
  bearer = ''

  constructor(url = '', bearer = '') {
    Object.assign(this, { url, bearer })
  }

  get(path) {
    return this.#ask('GET', path)
  }

  /** The same `wish` twice is one wish. */
  post(path, body = {}, wish = randomUUID()) {
    return this.#ask('POST', path, body, wish)
  }

  put(path, body) {
    return this.#ask('PUT', path, body, randomUUID())
  }

  delete(path) {
    return this.#ask('DELETE', path, undefined, randomUUID())
  }

  /** The board as of that position, or later. */
  board(project, position) {
    return this.get(`/projects/${project}/board?min_position=${position}`)
  }

  /** The status alone, for what is to be refused. */
  async status(method, path, body) {
    const answer = await this.#send(method, path, body, randomUUID())
    await answer.body?.cancel()
    return answer.status
  }

  #send(method, path, body, wish) {
    return fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.bearer && { authorization: `Bearer ${this.bearer}` }),
        ...(body && { 'content-type': 'application/json' }),
        ...(wish && { 'idempotency-key': wish }),
      },
      body: body && JSON.stringify(body),
    })
  }

  async #ask(method, path, body, wish) {
    const answer = await this.#send(method, path, body, wish)
    const text = await answer.text()
    const said = text ? JSON.parse(text) : null
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said?.code}: ${said?.detail}`)
    return said
  }
}
