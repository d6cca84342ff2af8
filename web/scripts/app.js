// What the help centre's pages gain when scripts run. Everything works without: plain links and forms.
import allTexts from 'texts:chat'
import { api } from './api.js'
import { Chat } from './chat.js'
import { checkAsTyped, showError } from './checked.js'
import { h } from './dom.js'
import { Panel, keep } from './panel.js'
import { fileForm } from './files.js'
import { checkedForm } from './form.js'
import { suggest } from './suggest.js'

const lang = document.documentElement.lang
const texts = allTexts[lang] ?? allTexts.it
const text = (key) => texts[key] ?? key

// A conversation that began here can be ended here: who comes next on this device begins another one.
function offerRestart(section) {
  if (section.querySelector('[data-chat-restart]')) return
  const { wanted } = section.dataset
  section.querySelector('.sp-head :is(h1, h2)').after(
    h('a', { class: 'sp-restart', href: wanted ? `/chat?lang=${wanted}` : '/chat', 'data-chat-restart': true }, text('chat.restart')))
}

// In a conversation that is told again: the way to its tickets, where this tab opened them; not once it was ended.
async function tellWays(section, chat) {
  if (keep.ended().includes(section.dataset.conversation)) return
  for (const place of section.querySelectorAll('[data-chat-ticket]')) {
    const href = keep.way(place.dataset.chatTicket) ?? await chat.askWay(Number(place.dataset.chatTicket))
    if (!href) continue
    place.hidden = false
    place.append(h('a', { href }, text('chat.ticket.follow')))
  }
}

function startChat(section, inPage) {
  return new Chat(section, {
    base: '', lang: section.dataset.lang, wantedLang: section.dataset.wanted || undefined, text, channel: 'web', category: section.dataset.category || undefined, away: false,
    onticket: keep.ticket, drafts: keep.drafts, messages: keep.messages,
    onconversation: (conversation) => {
      keep.begin(conversation)
      offerRestart(section)
      // Reloading the page shows the conversation again.
      if (inPage) history.replaceState(null, '', `/chat/${conversation}${location.search}`)
    },
  })
}

for (const form of document.querySelectorAll('form[data-checked]')) {
  const check = (fields) => api('', lang, lang, 'web').check({ category: form.elements.category?.value || undefined, fields })
  checkAsTyped(form, (input) => input.name.startsWith('f-') && input.name.slice(2), check, text)
  checkedForm(form, check, () => keep.drafts(form.elements.conversation?.value).sending(), text)
}

keep.tidy()
if (document.querySelector('[data-ticket-open]')) keep.opened()

// The page of a form that was sent with mistakes, where it has no address of its own: who leaves it and comes back gets the form, not the browser's question whether to send again.
// (At once: together with leaving it would be too late.)
const formAt = document.querySelector('[data-back]')?.dataset.back
if (formAt) history.replaceState(null, '', formAt)

// An answer without a word is told where it was written.
for (const form of document.querySelectorAll('form[data-answer]'))
  form.addEventListener('submit', (event) => {
    const text = form.elements.text
    if (event.submitter?.name === 'solved' || text.value.trim()) return
    event.preventDefault()
    event.stopImmediatePropagation()
    showError(text.closest('.sp-field'), form.dataset.answer)
    text.focus()
  })

for (const form of document.querySelectorAll('[data-suggest]'))
  suggest(form, lang, { label: form.dataset.label, count: form.dataset.count })

const page = document.querySelector('[data-chat]')
const own = page && startChat(page, true)
if (page) {
  const { conversation } = page.dataset
  if (conversation) {
    // Told again after it was ended, or after another one began: the number stays, the way to the ticket is not for whoever sits there now.
    if (keep.get() && keep.get() !== conversation) keep.end(conversation)
    tellWays(page, own)
    keep.set(conversation)
  }
  page.addEventListener('click', (event) => {
    const link = event.target.closest('[data-chat-restart]')
    if (!link) return
    keep.drop()
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    location.replace(link.href) // "back" does not lead to what was ended
  })
}

const panel = new Panel((section) => {
  const chat = startChat(section, false)
  tellWays(section, chat)
  return chat
}, text)
for (const link of document.querySelectorAll('[data-chat-open]'))
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return // a new tab was asked for
    event.preventDefault()
    panel.open(link)
  })

// "Back" to a page that the browser kept as it was: when its conversation was ended, or another one began, the link to the
// ticket that was opened in it is not for whoever sits there now.
window.addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) return
  if (own?.conversation && own.conversation !== keep.get()) location.reload()
  panel.dropEnded()
})

// A form that was sent is not sent again by an impatient second tap (its key makes sure of it on the server too).
for (const form of document.querySelectorAll('form[data-once]'))
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
window.addEventListener('pageshow', () => { for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent })

for (const form of document.querySelectorAll('form[data-files]')) fileForm(form)

document.querySelector('[data-focus]')?.focus()
