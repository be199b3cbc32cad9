// People with accounts, made beside the pages: a journey walks through what it is about, and finds the rest done.
import { Client } from './client.mjs'
import { linkIn } from './mail.mjs'

export const PASSWORD = 'correct horse battery staple'

/** Somebody who registered and confirmed the address, and can ask the server as that person. */
export class Person extends Client {
  constructor(url, signedIn, name) {
    super(url, signedIn.access_token)
    Object.assign(this, { id: signedIn.user.id, email: signedIn.user.email, name })
  }

  static async register(server, name, email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`) {
    const anybody = new Client(server.url)
    await anybody.post('/auth/register', { email, password: PASSWORD, display_name: name })
    const token = tokenOf(await linkIn(server, email, 'verify'))
    return new Person(server.url, await anybody.post('/auth/verify', { token, password: PASSWORD, refresh_in: 'body' }), name)
  }

  /** Makes an organization and acts in it from now on. */
  async found(name) {
    const { id } = await this.post('/organizations', { name })
    await this.goTo(id)
    return id
  }

  async goTo(organization) {
    this.bearer = (await this.post('/auth/switch', { organization })).access_token
  }

  /** Invites somebody, who accepts. */
  async take(server, organization, other, role) {
    await this.post(`/organizations/${organization}/invitations`, { email: other.email, role })
    await other.post('/invitations/accept', { token: tokenOf(await linkIn(server, other.email, 'invitation')) })
    await other.goTo(organization)
  }
}

export const tokenOf = (link) => new URLSearchParams(new URL(link).hash.slice(1)).get('token')
