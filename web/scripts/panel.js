// The chat over a page of the help centre. Its content is the chat page itself, fetched when it is asked for, so that there is
// one markup, and the conversation goes on from page to page. Its id, those of conversations that were ended, the
// ways to tickets that were opened and what is being written, in a ticket's form or to the chat, are all that is kept, and only in this tab.
import { cross, h, icon } from './dom.js'

const kept = 'sportello-conversation'
const over = 'sportello-ended'
const way = 'sportello-ticket-' // and its number
const written = 'sportello-ticket-draft'
const saying = 'sportello-chat-draft'
const writtenMs = 60 * 60 * 1000 // browsers bring back tabs that were closed, with what they kept
let tidying
const read = (name) => { try { return JSON.parse(sessionStorage.getItem(name)) } catch { return null } }
const put = (name, value) => { try { sessionStorage.setItem(name, JSON.stringify(value)) } catch { /* nothing is kept */ } }
const remove = (name) => { try { sessionStorage.removeItem(name) } catch { /* nothing is kept */ } }
const isFresh = (draft) => Date.now() - draft.at < writtenMs
const most = 50 // that were ended and are remembered
const narrow = '(max-width: 47.99rem)'

export const keep = {
  get: () => { try { return sessionStorage.getItem(kept) } catch { return null } },
  set: (conversation) => { try { sessionStorage.setItem(kept, conversation) } catch { /* private window: the panel starts anew */ } },
  // Another one begins: who comes next on this device is not who had the one before.
  begin: (conversation) => {
    if (keep.get() && keep.get() !== conversation) {
      keep.end(keep.get())
      keep.forget()
    }
    keep.set(conversation)
  },
  drop: () => {
    if (keep.get()) keep.end(keep.get())
    keep.forget()
    try { sessionStorage.removeItem(kept) } catch { /* nothing is kept */ }
  },
  end: (conversation) => {
    try { sessionStorage.setItem(over, [...keep.ended().filter((other) => other !== conversation), conversation].slice(-most).join(' ')) } catch { /* nothing is kept */ }
  },
  // What is being written in a ticket's form of a conversation, until it is sent or the conversation is ended.
  drafts: (conversation) => {
    const own = () => {
      const draft = read(written)
      if (draft?.conversation === conversation && isFresh(draft)) return draft
      remove(written)
      return null
    }
    const change = (more) => {
      put(written, { ...own(), conversation, at: Date.now(), ...more })
      keep.tidy()
    }
    return {
      get: () => own()?.values ?? null,
      set: (values) => change({ values }),
      // {key, bodies}: what was sent and had no answer yet; null: nothing.
      sent: () => own()?.sent ?? null,
      send: (sent) => change({ sent }),
      // Another form of the same conversation is on its way: what is written here is not wanted once its ticket is open.
      sending: () => {
        const draft = read(written)
        if (draft?.conversation === conversation) put(written, { ...draft, sending: true })
      },
      drop: () => remove(written),
    }
  },
  opened: () => { if (read(written)?.sending) remove(written) },
  // What is being written to the chat, and what was sent and had no answer yet.
  messages: {
    get: (conversation) => {
      const draft = read(saying)
      return draft?.conversation === conversation && isFresh(draft) ? draft : null
    },
    set: (conversation, text, unsent) => {
      if (!text && unsent.length === 0) return remove(saying)
      put(saying, { conversation, at: Date.now(), text, unsent })
      keep.tidy()
    },
  },
  // What was never sent goes by itself when its time is over: now, or while the page is open.
  tidy: () => {
    clearTimeout(tidying)
    const left = [written, saying].map((name) => [name, read(name)]).filter(([, draft]) => draft).map(([name, { at }]) => [name, at + writtenMs - Date.now()])
    for (const [name, ms] of left) if (!(ms > 0)) remove(name)
    const next = Math.min(...left.map(([, ms]) => ms).filter((ms) => ms > 0))
    if (Number.isFinite(next)) tidying = setTimeout(keep.tidy, next)
  },
  forget: () => {
    remove(written)
    remove(saying)
  },
  // The way to a ticket that was opened here: the service tells it once.
  ticket: (number, url) => { try { sessionStorage.setItem(`${way}${number}`, url) } catch { /* the number is shown all the same */ } },
  way: (number) => { try { return sessionStorage.getItem(`${way}${number}`) } catch { return null } },
  ended: () => { try { return (sessionStorage.getItem(over) ?? '').split(' ').filter(Boolean) } catch { return [] } },
}

export class Panel {
  // start(section) makes the chat of it and gives it; text(key) gives the texts.
  constructor(start, text) {
    Object.assign(this, { start, text })
  }

  async open(link) {
    this.opener = link
    try {
      if (!this.dialog) await this.load(link.href)
    } catch {
      location.href = link.href // the plain page works without all this
      return
    }
    if (window.matchMedia(narrow).matches) this.dialog.showModal()
    else this.dialog.show()
    this.dialog.querySelector('[data-chat-compose] textarea').focus()
    const log = this.dialog.querySelector('[data-chat-log]')
    log.scrollTop = log.scrollHeight
  }

  async load(href) {
    const url = new URL(href)
    if (keep.get()) url.pathname = `/chat/${keep.get()}`
    const response = await fetch(url, { credentials: 'same-origin' })
    if (response.status === 404) keep.drop()
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const section = page.querySelector('[data-chat]')
    if (!section) throw new Error('no chat')
    const close = h('button', { type: 'button', 'data-chat-close': true, 'aria-label': this.text('chat.close'), onclick: () => this.close() }, icon(cross))
    section.querySelector('.sp-head').append(close)
    this.dialog = h('dialog', { class: 'chat-panel', 'aria-labelledby': 'chat-title' }, section)
    // Beside the page it is not modal, and then Escape does nothing by itself.
    this.dialog.addEventListener('keydown', (event) => { if (event.key === 'Escape') { event.preventDefault(); this.close() } })
    this.dialog.addEventListener('close', () => this.opener?.focus())
    section.addEventListener('click', (event) => {
      const link = event.target.closest('[data-chat-restart]')
      if (!link) return
      event.preventDefault()
      this.restart(link.href)
    })
    const title = section.querySelector('h1')
    title.replaceWith(h('h2', { id: 'chat-title' }, title.textContent)) // the page has its own h1
    document.body.append(this.dialog)
    this.chat = this.start(section)
  }

  async restart(href) {
    keep.drop()
    this.drop()
    await this.open(Object.assign(h('a', { href })))
  }

  drop() {
    this.dialog.remove()
    this.dialog = this.chat = null
  }

  // What was said in it was ended on another page meanwhile.
  dropEnded() {
    if (this.chat?.conversation && this.chat.conversation !== keep.get()) this.drop()
  }

  close() {
    this.dialog.close()
  }
}
