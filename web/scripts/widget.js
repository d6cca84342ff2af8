// The bubble: <script src="https://…/widget.js" data-lang="it" data-category="…"></script> in any page. Everything lives in a
// shadow tree: the page's styles do not reach in, ours do not reach out, and no name is left in the page.
import chatStyle from 'style:chat.css'
import ownStyle from 'style:widget.css'
import allTexts from 'texts:chat+widget'
import { Chat } from './chat.js'
import { cross, h, icon } from './dom.js'

const speech = 'M4 4h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zm3 4v2h10V8zm0 4v2h7v-2z'
const script = document.currentScript
const base = new URL(script.src).origin

function language() {
  const wanted = script.dataset.lang || document.documentElement.lang || navigator.language || ''
  const code = wanted.slice(0, 2).toLowerCase()
  return allTexts[code] ? code : 'it'
}

function styled(root) {
  try { // a page's own Content-Security-Policy may forbid <style>; this way is always allowed
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(chatStyle + ownStyle)
    root.adoptedStyleSheets = [sheet]
  } catch {
    root.append(h('style', null, chatStyle + ownStyle))
  }
}

function chatMarkup(text, close) {
  return h('section', { class: 'sp-chat', 'aria-labelledby': 'sp-title' },
    h('div', { class: 'sp-head' }, h('h2', { id: 'sp-title' }, text('chat.title')), h('button', { type: 'button', 'data-chat-close': true, 'aria-label': text('widget.close'), onclick: close }, icon(cross))),
    h('div', { class: 'sp-log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': text('chat.log'), tabindex: 0, 'data-chat-log': true },
      h('div', { class: 'sp-msg sp-bot' }, h('span', { class: 'sp-who' }, text('chat.bot')), h('p', null, text('chat.hello')))),
    h('form', { class: 'sp-compose', 'data-chat-compose': true },
      h('label', { class: 'sp-label', for: 'sp-message' }, text('chat.message.label')),
      h('div', { class: 'sp-row' },
        h('textarea', { id: 'sp-message', name: 'message', rows: 2, maxlength: 2000, placeholder: text('chat.message.placeholder'), 'aria-describedby': 'sp-privacy' }),
        h('button', { class: 'sp-send', type: 'submit' }, text('chat.send'))),
      h('div', { class: 'sp-foot' },
        h('p', { class: 'sp-hint', id: 'sp-privacy' }, text('chat.message.privacy')),
        h('button', { class: 'sp-person', type: 'submit', name: 'person', value: '1' }, text('chat.person')))))
}

function start() {
  const lang = language()
  const text = (key) => allTexts[lang][key] ?? key
  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  styled(root)
  const container = h('div', { class: 'sp-root', lang })
  const bubble = h('button', { class: 'sp-bubble', type: 'button', 'aria-label': `${text('widget.open')} ${text('widget.open.label')}`, 'aria-expanded': 'false' },
    icon(speech), h('span', null, text('widget.open')))
  let box = null

  function close() {
    box.hidden = true
    bubble.hidden = false
    bubble.setAttribute('aria-expanded', 'false')
    bubble.focus()
  }
  function open() {
    if (!box) {
      const section = chatMarkup(text, close)
      box = h('div', { class: 'sp-window', role: 'dialog', 'aria-labelledby': 'sp-title' }, section)
      box.addEventListener('keydown', (event) => { if (event.key === 'Escape') close() })
      container.append(box)
      new Chat(section, { base, lang, wantedLang: script.dataset.lang ? lang : undefined, text, channel: 'widget', category: script.dataset.category || undefined, away: true })
    }
    box.hidden = false
    bubble.hidden = true
    bubble.setAttribute('aria-expanded', 'true')
    box.querySelector('[data-chat-compose] textarea').focus()
  }
  bubble.addEventListener('click', open)
  container.append(bubble)
  root.append(container)
  document.body.append(host)
}

if (document.body) start()
else document.addEventListener('DOMContentLoaded', start)
