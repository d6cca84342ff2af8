// A reply of POST /v1/chat as elements: the same markup as pages/chat-box.html.
import { fill, h, longDate } from './dom.js'

// Links in an article's text are meant for the help centre; from another site they open beside the page.
function mendLinks(root, { base, away, text }) {
  for (const link of root.querySelectorAll('a[href]')) {
    const href = link.getAttribute('href')
    if (href.startsWith('/')) link.setAttribute('href', base + href)
    if (!away || href.startsWith('#')) continue
    link.target = '_blank'
    link.rel = 'noopener'
    link.append(h('span', { class: 'visually-hidden' }, ` (${text('widget.new-window')})`))
  }
}

// Of a procedure one step is shown; its article has all of them. The code is in two groups, as it is spoken on the telephone.
function stepLine({ code }, article, view) {
  const { text } = view
  return h('p', { class: 'sp-meta' }, h('a', { href: article.url }, text('chat.step.all')),
    code && [h('br'), h('span', { class: 'sp-code' }, fill(text('chat.step.code'), { code: `${code.slice(0, 3)} ${code.slice(3)}` }))])
}

function articleLine(article, view) {
  const { text, lang } = view
  const link = h('a', { href: article.url, ...(article.lang !== lang && { lang: article.lang, hreflang: article.lang }) }, article.title)
  return h('p', { class: 'sp-meta' }, `${text('chat.article')} `, link,
    article.updated && ` · ${fill(text('chat.updated'), { date: longDate(article.updated, lang) })}`,
    article.receipt && [h('br'), h('span', { class: 'sp-receipt' }, fill(text('chat.receipt'), { receipt: article.receipt }))])
}

// An article in another language: its title, and after it which one.
function choiceLabel({ label, value, lang }) {
  return lang ? [h('span', { lang }, value), label.slice(value.length)] : label
}

// The way through a procedure stands apart from what is answered; a person is one tap away below anyway.
const isWay = ({ kind }) => kind === 'back' || kind === 'return'

function choiceButtons(choices, view, ways) {
  if (choices.length === 0) return null
  return h('div', { class: ways ? 'sp-choices sp-ways' : 'sp-choices' }, h('div', { role: 'group', 'aria-label': view.text(ways ? 'chat.step.other' : 'chat.choices') },
    choices.map((choice) => h('button', {
      class: 'sp-choice', type: 'button', onclick: (event) => view.choose(event.currentTarget, choice.value, choice.label),
    }, choiceLabel(choice)))))
}

function relatedLinks(related, view) {
  return [h('p', { class: 'sp-meta' }, view.text('chat.related')),
    h('ul', { class: 'sp-related' }, related.map(({ url, lang, title }) =>
      h('li', null, h('a', { href: url, ...(lang !== view.lang && { lang, hreflang: lang }) }, title), lang !== view.lang && ` (${view.text(`chat.in.${lang}`)})`)))]
}

function solvedButtons(view) {
  const { text } = view
  const button = (solved) => h('button', {
    class: 'sp-choice', type: 'button', onclick: (event) => view.solved(event.currentTarget, solved),
  }, text(solved ? 'chat.solved.yes' : 'chat.solved.no'))
  return h('div', { class: 'sp-solved' }, h('div', { role: 'group', 'aria-label': text('chat.solved.question') },
    h('span', { 'aria-hidden': 'true' }, text('chat.solved.question')), button(true), button(false)))
}

// What to write to who decides, ready to be copied.
export function copyButton(field, text) {
  const said = h('span', { role: 'status' })
  const button = h('button', {
    class: 'sp-choice', type: 'button',
    onclick: async () => {
      field.select()
      try { await navigator.clipboard.writeText(field.value) } catch { document.execCommand('copy') }
      said.textContent = text('chat.letter.copied')
    },
  }, text('chat.letter.copy'))
  return h('div', { class: 'sp-copy' }, button, said)
}

function letterBox({ to, text: words }, view) {
  const title = fill(view.text('chat.letter'), { to })
  const field = h('textarea', { readonly: true, rows: 8, 'aria-label': title })
  field.value = words
  return h('div', { class: 'sp-letter' }, h('p', null, title), field, copyButton(field, view.text))
}

// The day that an answer needs: chosen here, or written in words like any message.
function dayForm(view) {
  const field = h('input', { type: 'date', name: 'message', required: true, max: new Date().toISOString().slice(0, 10) })
  return h('form', { class: 'sp-day', onsubmit: (event) => { event.preventDefault(); view.day(event.currentTarget, field.value) } },
    h('label', null, `${view.text('chat.day')} `, field), h('button', { class: 'sp-choice', type: 'submit' }, view.text('chat.day.send')))
}

export function bubble(view, kind, ...children) {
  return h('div', { class: `sp-msg sp-${kind}` }, h('span', { class: 'sp-who' }, view.text(kind === 'you' ? 'chat.you' : 'chat.bot')), children)
}

export function replyBubble(reply, view, ticketForm) {
  const words = h('div', { class: 'sp-text', ...(reply.lang && reply.lang !== view.lang && { lang: reply.lang }) })
  // The service's own HTML, rendered from Markdown in safe mode (no scripts, no raw HTML).
  words.innerHTML = reply.reply.html
  const { step, choices = [] } = reply
  const buttons = [choiceButtons(choices.filter((choice) => !isWay(choice) && choice.kind !== 'person'), view, false),
    choiceButtons(choices.filter(isWay), view, true)]
  const element = bubble(view, 'bot',
    step?.number > 0 && h('p', { class: 'sp-step' }, fill(view.text('chat.step'), { number: step.number, of: step.of })),
    words,
    reply.article && (step ? [buttons, stepLine(step, reply.article, view)] : articleLine(reply.article, view)),
    reply.letter && letterBox(reply.letter, view),
    reply.window?.state === 'asked' && dayForm(view),
    !step && buttons,
    reply.related?.length > 0 && relatedLinks(reply.related, view),
    reply.decision === 'answer' && (!step || step.last) && solvedButtons(view),
    reply.decision === 'ticket' && ticketForm)
  mendLinks(element, view)
  return element
}
