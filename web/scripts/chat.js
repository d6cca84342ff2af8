// A conversation: the log, the box to write in, and what happens in between. Works on the markup of pages/chat-box.html
// (rendered by the server, or by the widget).
import { api, newKey } from './api.js'
import { fill, h, longDate } from './dom.js'
import { bubble, copyButton, replyBubble } from './reply.js'
import { saidIn } from './said.js'
import { ticketForm, work, writtenIn } from './ticket.js'

const maxChars = 2000
const waitMs = 400 // a quick reply needs no "looking for it"

// The key came with another body before.
const isOther = ({ body }) => Boolean(body.type?.endsWith(':idempotency-key-reused'))

export class Chat {
  // section: element with [data-chat-log] and form[data-chat-compose]; options: {base, lang, wantedLang, text, channel, category,
  // away, onconversation, onticket, drafts, messages}; wantedLang: language of the replies, none: found out from what is written
  constructor(section, options) {
    Object.assign(this, options, { section })
    this.log = section.querySelector('[data-chat-log]')
    this.form = section.querySelector('[data-chat-compose]')
    this.input = this.form.querySelector('textarea')
    this.sendButton = this.form.querySelector('.sp-send')
    this.conversation = section.dataset.conversation || ''
    this.next = []
    this.unsent = [] // messages that had no answer yet
    this.said = {} // what was told already, by type of field
    this.api = api(this.base, this.lang, this.wantedLang, this.channel)
    this.view = {
      base: this.base, lang: this.lang, away: this.away, text: this.text,
      choose: (button, value, label) => this.choose(button, value, label),
      solved: (button, solved) => this.solved(button, solved),
      day: (form, day) => this.day(form, day),
    }
    this.input.removeAttribute('required') // an empty message is simply not sent
    this.input.removeAttribute('maxlength') // what is pasted would be cut without a word
    this.form.addEventListener('submit', (event) => this.submit(event))
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.submit(event)
    })
    this.input.addEventListener('input', () => this.keepWritten())
    this.log.addEventListener('click', (event) => this.jump(event))
    this.takeOver()
    this.bringBack()
    this.log.scrollTop = this.log.scrollHeight
  }

  // What was being written when the page was left; and what was on its way then, unless the service had it.
  bringBack() {
    const kept = this.messages?.get(this.conversation)
    if (!kept || this.input.value) return
    const plain = (text) => text.trim().replace(/\s+/g, ' ')
    const said = kept.unsent.length > 0 ? [...this.log.querySelectorAll('.sp-you p')].slice(-kept.unsent.length).map(({ textContent }) => plain(textContent)) : []
    this.input.value = [...kept.unsent.filter((message) => !said.includes(plain(message))), kept.text].filter(Boolean).join('\n\n')
    this.keepWritten()
  }

  keepWritten() {
    this.messages?.set(this.conversation, this.input.value, this.unsent)
  }

  // Links from one step of a procedure to another: to the step in the same message (the same article may stand there twice,
  // and in a shadow tree the browser finds none).
  jump(event) {
    const link = event.target.closest('a[href^="#"]')
    if (!link) return
    event.preventDefault()
    const id = decodeURIComponent(link.getAttribute('href').slice(1))
    const target = [...link.closest('.sp-msg').querySelectorAll('[id]')].find((element) => element.id === id)
    if (!target) return
    target.tabIndex = -1
    target.focus({ preventScroll: true })
    this.log.scrollTop += target.getBoundingClientRect().top - this.log.getBoundingClientRect().top - 12
  }

  // What the server rendered as plain forms goes on in place.
  takeOver() {
    for (const form of this.log.querySelectorAll('.sp-choices'))
      form.addEventListener('submit', (event) => {
        event.preventDefault()
        this.choose(event.submitter, event.submitter.value, event.submitter.textContent)
      })
    for (const form of this.log.querySelectorAll('.sp-day'))
      form.addEventListener('submit', (event) => {
        event.preventDefault()
        this.day(form, form.querySelector('input[type=date]').value)
      })
    for (const form of this.log.querySelectorAll('.sp-ticket')) this.work(form)
    for (const field of this.log.querySelectorAll('.sp-letter textarea')) field.after(copyButton(field, this.text))
    for (const form of this.log.querySelectorAll('.sp-solved'))
      form.addEventListener('submit', (event) => {
        event.preventDefault()
        this.solved(event.submitter, event.submitter.value === 'yes')
      })
  }

  submit(event) {
    event.preventDefault()
    if (event.submitter?.name === 'person') return this.say(this.text('chat.person.message'))
    const message = this.input.value.trim()
    if (!message) return this.input.focus()
    this.tooLong?.remove()
    if ([...message].length > maxChars) {
      this.tooLong = this.fail(fill(this.text('chat.error.long'), { max: maxChars }))
      return
    }
    this.input.value = ''
    this.unsent.push(message)
    this.say(message)
  }

  choose(button, value, label) {
    if (this.busy) return
    this.press(button)
    this.say(value, label)
  }

  day(form, day) {
    if (this.busy || !day) return
    this.press(form.querySelector('button'))
    this.say(day, longDate(day, this.lang))
  }

  press(button) {
    for (const other of button.parentElement.querySelectorAll('button')) other.disabled = true
    button.setAttribute('aria-pressed', 'true')
    // A disabled button loses the focus; on a telephone the box to write in would bring up the keyboard over the next step.
    const isTouch = window.matchMedia('(pointer: coarse)').matches
    ;(isTouch ? this.log : this.input).focus({ preventScroll: true })
  }

  async solved(button, solved) {
    if (this.busy) return
    this.press(button)
    const result = await this.api.feedback(this.conversation, solved)
    const { ok, status, body } = result
    if (ok && body.reply) this.show(body)
    else if (solved && !ok && (status < 400 || status >= 500 || status === 429)) this.fail(this.problem(result), () => this.solved(button, solved))
    else if (solved) this.add(bubble(this.view, 'bot', h('p', null, this.text('chat.solved.thanks'))))
    else await this.say(this.text('chat.solved.no.message'), this.text('chat.solved.no'))
  }

  add(element) {
    this.log.append(element)
    this.reveal(element)
    return element
  }

  // The beginning of a new message stays in sight, also when it is long.
  reveal(element) {
    this.log.scrollTop = Math.min(element.offsetTop - 12, this.log.scrollHeight)
  }

  async say(message, label = message, key = newKey()) {
    this.keepWritten()
    // People write on, ask for a person or try again while a message is being answered: it goes out right after.
    if (this.busy) return this.next.push([message, label, key])
    this.busy = true
    Object.assign(this.said, saidIn(message))
    this.sendButton.setAttribute('aria-disabled', 'true')
    const mine = this.add(bubble(this.view, 'you', h('p', null, label)))
    const waiting = bubble(this.view, 'bot', h('p', { class: 'sp-wait' }, this.text('chat.wait')))
    const timer = setTimeout(() => this.add(waiting), waitMs)
    let result = await this.api.chat(message, this.conversation, this.category, key)
    if (this.lost(result)) result = await this.api.chat(message, '', this.category, key)
    clearTimeout(timer)
    waiting.remove()
    this.busy = false
    this.sendButton.removeAttribute('aria-disabled')
    if (result.ok) {
      this.show(result.body, mine)
      this.answered(message)
    } else this.fail(this.problem(result), () => { mine.remove(); this.say(message, label, key) })
    if (this.next.length > 0) await this.say(...this.next.shift())
  }

  answered(message) {
    const at = this.unsent.indexOf(message)
    if (at >= 0) this.unsent.splice(at, 1)
    this.keepWritten()
  }

  // The conversation was deleted meanwhile (its time was over, or somebody asked for it): what is said now begins a new one.
  lost({ status, body }) {
    const isLost = status === 404 && body.field === 'conversation' && Boolean(this.conversation)
    if (isLost) this.conversation = ''
    return isLost
  }

  // The details of a problem are for who writes programs, in English.
  problem({ status }) {
    return this.text(status === 0 ? 'chat.error.offline' : status === 429 ? 'chat.error.busy' : 'chat.error.server')
  }

  show(reply, mine) {
    const isNew = reply.conversation && reply.conversation !== this.conversation
    if (isNew) {
      this.conversation = reply.conversation
      this.onconversation?.(reply.conversation)
    }
    if (reply.reason === 'declined') this.dropForms()
    const form = reply.decision === 'ticket' ? this.formFor(reply) : null
    const element = this.add(replyBubble(reply, this.view, form))
    // Question and reply together when both fit.
    if (mine && element.offsetTop + element.offsetHeight - mine.offsetTop < this.log.clientHeight) this.reveal(mine)
  }

  // "Yes" is said to the form that is there, with all that it asks for and what was written in it.
  formFor(reply) {
    const shown = reply.reason === 'accepted' && this.log.querySelector('.sp-ticket')
    const form = shown || ticketForm(reply, this.text, this.said)
    if (!shown) this.work(form, this.dropForms())
    return form
  }

  // One form at a time: a later one asks for the same, and has what was written in the earlier one.
  dropForms() {
    const forms = [...this.log.querySelectorAll('.sp-ticket')]
    const before = Object.assign({}, ...forms.map(writtenIn))
    for (const form of forms) form.remove()
    return before
  }

  work(form, before) {
    const draft = this.drafts?.(this.conversation)
    const sent = draft?.sent() ?? { key: newKey(), bodies: [] } // one key for the form: sent twice it is still one ticket
    work(form, this.text, {
      send: (values) => this.openTicket(values, sent, draft),
      check: (fields) => this.api.check({ conversation: this.conversation, fields }),
      draft,
      before,
    })
  }

  async openTicket({ message, category, ...fields }, sent, draft) {
    const said = { ...(message !== undefined && { message }), ...(category && { category }), ...(Object.keys(fields).length > 0 && { fields }) }
    const result = await this.send({ conversation: this.conversation, ...said }, sent, draft)
    const { ok, status, body } = result
    if (!ok) return status === 422 && body.errors ? { errors: body.errors } : { message: this.problem(result) }
    const href = this.wayTo(body)
    const done = this.add(bubble(this.view, 'bot',
      h('p', null, h('strong', null, fill(this.text('chat.ticket.done'), { number: body.number }))),
      body.when && h('p', null, fill(this.text('chat.ticket.when'), { when: body.when })),
      href && h('p', null, h('a', { href, ...(this.away && { target: '_blank', rel: 'noopener' }) }, this.text('chat.ticket.follow')))))
    done.tabIndex = -1
    done.focus({ preventScroll: true })
    return { done: true }
  }

  wayTo({ number, secret }) {
    const href = secret && `${this.base}/ticket/${number}?key=${secret}&lang=${this.lang}`
    if (href) this.onticket?.(number, href)
    return href
  }

  // sent: {key, bodies}: what went under the key and had no answer. The service may have it all the same, and says so when something else
  // comes under the key: then the ticket is there, as it was sent before.
  async send(body, sent, draft) {
    if (!sent.bodies.some((other) => JSON.stringify(other) === JSON.stringify(body))) sent.bodies.push(body)
    draft?.send(sent)
    const result = await this.api.ticket(body, sent.key)
    if (isOther(result)) return this.sentBefore(sent)
    if (result.status >= 400 && result.status < 500) sent.bodies = sent.bodies.filter((other) => other !== body)
    draft?.send(sent)
    return this.lost(result) ? this.send({ ...body, conversation: undefined }, sent, draft) : result
  }

  async sentBefore({ key, bodies }) {
    let result = { ok: false, status: 0, body: {} }
    for (const body of [...bodies].reverse()) {
      result = await this.api.ticket(body, key)
      if (!isOther(result)) break
    }
    return result
  }

  // A ticket that is there, and whose reply was lost: the service tells the way to it again. Gives nothing where it is not ours.
  async askWay(number) {
    const draft = this.drafts?.(this.conversation)
    const sent = draft?.sent()
    if (!sent || sent.bodies.length === 0) return null
    const { ok, body } = await this.sentBefore(sent)
    if (!ok) return null
    draft.drop()
    const href = this.wayTo(body)
    return body.number === number ? href : null
  }

  fail(message, again) {
    const element = bubble(this.view, 'bot', h('p', null, message), again && h('div', { class: 'sp-choices' }, h('div', null,
      h('button', { class: 'sp-choice', type: 'button', onclick: () => { element.remove(); this.input.focus(); again() } }, this.text('chat.retry')))))
    return this.add(element)
  }
}
